"""What people write is shown as they wrote it and never becomes part of a page (N01, N04, N05)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import Actor, Role
from bihuan.events.relay import drain
from tests.house.addresses import callers

pytestmark = pytest.mark.django_db

AT_ONCE = 40  # vectors in one case
PLAIN = "底座开裂，请尽快处理"
#: What needs no outside material: tags, attributes, links, and the syntax of templates.
OWN = [
    "<script>document.title='got in'</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><svg onload=alert(1)>",
    "<a href=javascript:alert(1)>点这里</a>",
    "<form action=/signout/ method=post><button>退款</button></form>",
    "{{ 7*7 }}{% load static %}{% include 'base.html' %}",
    "<meta http-equiv=refresh content='0;url=/signout/'>",
]


class Page(HTMLParser):
    """What a browser would build: every tag with the names of its attributes, and every target."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"p", "br"}:  # paragraphs follow the text's own lines
            self.shapes.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.targets |= {
            (value or "").strip().lower()
            for name, value in attrs
            if name in {"href", "src", "action", "formaction", "srcset", "data", "poster"}
        }


def vectors() -> list[str]:
    """Our own, and those of others when the folder with outside material is named."""
    outside = os.environ.get("BIHUAN_OUTSIDE")
    if not outside:
        return OWN
    found = json.loads(Path(outside, "markup", "xss.json").read_text("utf-8"))
    # control characters are refused at the field, which is not what is asked here
    return OWN + ["".join(c for c in v if c.isprintable() or c == "\n") for _, v in found]


def told(home: House, words: list[str]) -> Case:
    """A case in which every field that people fill holds these words."""
    body = "\n".join(words)
    first = " ".join(words[0].split())
    person = accounts.register_person(
        contact=Contact(name=first[:60], email="aili@example.com", account="U1"), at=people.LONG_AGO
    )
    buyer = Actor(person, frozenset({Role.CUSTOMER}))
    case = commands.file(
        filing=people.filing(
            subject=first[:120], text=body[:19_000], wish=first[:200], contact=Contact(),
            person_id=person,
        ),
        by=buyer,
        at=FRIDAY,
    ).case  # fmt: skip
    step = {"number": case.number, "at": FRIDAY}
    commands.answer(text=body[:19_000], by=home.bo_bo, **step)
    commands.note(text=body[:19_000], by=home.bo_bo, **step)
    commands.message(text=body[:19_000], by=buyer, **step)
    commands.find(finding=first, measure=first, by=home.bo_bo, **step)
    drain(FRIDAY)
    return Case.objects.get(id=case.id)


def pages(case: Case, agent: Client) -> Iterator[tuple[str, str]]:
    """Every page on which these words are shown, to the person and at the desk."""
    buyer = Client()
    session = buyer.session
    session["person_id"], session["guest_case"] = case.person_id, 0
    session.save()
    for place in ("", "timeline/", "done/"):
        yield place, buyer.get(f"{case.url}{place}").content.decode()
    for place in ("/complaints/", "/notifications/"):
        yield place, buyer.get(place).content.decode()
    desk = case.desk_url
    for place in (desk, f"{desk}?tab=findings", f"{desk}decide/", f"{desk}reveal/", "/desk/inbox/"):
        yield place, agent.get(place).content.decode()


def _ours(target: str) -> bool:
    ours = ("/", "#", "?", "mailto:", "tel:", "http://127.0.0.1")
    return target.startswith(ours) or target in {"", "."}


def test_n01_words_become_no_part_of_any_page() -> None:
    home = people.house()
    agent = callers(home)["agent"]
    plain = [told(home, [PLAIN]) for _ in range(3)]
    known = [Page(text) for case in plain for _, text in pages(case, agent)]
    shapes = {shape for page in known for shape in page.shapes}

    found: list[str] = []
    hostile = vectors()
    for start in range(0, len(hostile), AT_ONCE):
        case = told(home, hostile[start : start + AT_ONCE])
        for place, text in pages(case, agent):
            page = Page(text)
            found += [f"{place} {start}: {shape}" for shape in page.shapes - shapes]
            found += [f"{place} {start}: {one[:80]}" for one in page.targets if not _ours(one)]

    assert sorted(set(found)) == []


def test_n05_the_syntax_of_templates_is_printed_as_it_was_written() -> None:
    home = people.house()
    case = told(home, ["{{ 7*7 }}{% load static %}"])

    shown = dict(pages(case, callers(home)["agent"]))

    assert "{{ 7*7 }}{% load static %}" in shown["timeline/"]
    assert "49{%" not in "".join(shown.values())
