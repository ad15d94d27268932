"""What the pages of templates show is what is sent: the same words, letters and links."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events import log
from bihuan.notify import queries, tasks, wires
from bihuan.notify.examples import known
from bihuan.notify.models import Message
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.policy.loader import load_current

NUMBER = "TS2026021300000018"


def test_a_preview_with_a_case_is_the_letter_that_was_sent(
    people: People, sink: Sink, monkeypatch: pytest.MonkeyPatch
):
    chen = Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")
    monkeypatch.setattr(wires, "case_called", lambda number, by: STREAM)
    words = wiring.CASES[STREAM].variables | {"number": NUMBER, "department": "客服部"}
    wiring.CASES[STREAM] = replace(wiring.CASES[STREAM], variables=words)
    event = log.append("case.accepted", stream=STREAM, by=SYSTEM, at=AT, number=NUMBER)
    tasks.told(event)
    tasks.send_email(AT)
    notice = load_current().notices["accepted"]

    seen = queries.preview(notice, "zh-hans", NUMBER, chen, AT)

    sent = message_from_bytes(sink.letters[0], policy=default)
    assert seen.real
    assert seen.words.body == Message.objects.get(channel="inbox").body
    assert seen.letter["Subject"] == sent["Subject"]
    for part in (("plain",), ("html",)):
        shown = seen.letter.get_body(part).get_content().splitlines()
        assert shown == sent.get_body(part).get_content().splitlines()
    assert seen.text.body.startswith("http")
    assert "客服部" not in seen.text.subject + seen.text.body  # which case, and nothing of it (3.3)


def test_every_notice_can_be_previewed_in_both_languages(people: People):
    chen = Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")

    for notice in load_current().notices.values():
        assert queries.flaws(notice) == []
        for locale in ("zh-hans", "en"):
            seen = queries.preview(notice, locale, "", chen, AT)
            assert "{" not in seen.words.subject + seen.words.body


def test_what_is_not_translated_or_not_known_is_named():
    notice = load_current().notices["closed"]
    broken = replace(notice, body_en=" ", body=notice.body + "{moon}")

    assert [(flaw.what, flaw.where) for flaw in queries.flaws(broken)] == [
        ("no_translation", "body_en"),
        ("unknown_variable", "moon"),
    ]
    assert "moon" not in known()
