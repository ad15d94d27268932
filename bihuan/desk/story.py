"""What happened on a case as the desk shows it: timeline, files, findings, measures, the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.queries import unsealed
from bihuan.core.actors import Actor
from bihuan.desk import changes
from bihuan.desk.mails import came_by_mail
from bihuan.desk.shown import say
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.web import words
from bihuan.web.words import english

_NOT_STAFF = frozenset({"customer", "merchant", "system"})


def timeline(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The story by day; words carry the name of their step, and what followed is folded."""
    items = queries.timeline(case, by)
    files = queries.files(case, by)
    known = changes.known(case, items, at)
    person = people.shown([case.person_id], by).get(case.person_id)
    name = (person.name if person else "") or _("匿名用户")
    mails = came_by_mail(case)
    days = []
    for day, group in groupby(items, key=lambda i: words.local(i.at).date()):
        told = [(item, _line(item, name, files, known)) for item in group]
        lines = _folded([line | {"mail": mails.get(item.entry)} for item, line in told])
        days.append({"day_label": _day_words(day, words.local(at).date()), "items": lines})
    return days


def _day_words(day: date, today: date) -> str:
    """今天 · 11月25日: a page that is kept on paper needs the date as well."""
    near, whole = words.day_words(day, today), words.date_words(day, today)
    return whole if near == whole else f"{near} · {whole}"


def said(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What was said so far, the newest first: to be read beside the decision form."""
    days = timeline(case, by, at)
    return [
        item | {"at": f"{day['day_label']} {item['at']}"}
        for day in reversed(days)
        for item in reversed(day["items"])
        if item["type"] != "event"
    ]


def newer(case: Case, version: int, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What happened since somebody opened the form that he sent, beside the words he keeps."""
    items = [i for i in queries.timeline(case, by) if _version(i.data.get("version")) > version]
    known = changes.known(case, items, at)
    person = people.shown([case.person_id], by).get(case.person_id)
    name = (person.name if person else "") or _("匿名用户")
    return [{"text": "", "voice": ""} | _line(item, name, (), known) for item in items]


def changed_since(
    case: Case, version: int, written: str, by: Actor, at: datetime
) -> list[str] | None:
    """How others sorted the case since then; None where something new was said.

    A writer's own words that went out meanwhile are no news to them, unless they are the same.
    """
    items = [i for i in queries.timeline(case, by) if _version(i.data.get("version")) > version]
    for item in items:
        mine = item.actor == by.id and item.kind in _OWN_WORDS
        if not item.text or item.kind in _SORTING:
            continue
        if not mine or unsealed(item.text).strip() == written.strip():
            return None
    known = changes.known(case, items, at)
    lines = [_line(i, "", (), known) for i in items if i.actor != by.id]
    return [" ".join(filter(None, (line["label"], line["told"]))) for line in lines]


#: Steps that sort a case; a reason for it is no word that another reply could contradict.
_SORTING = frozenset(
    {"case.assigned", "case.classified", "case.escalated", "case.kind_approved",
     "case.kind_proposed", "case.priority_set", "case.severity_approved", "case.severity_proposed",
     "case.severity_set", "case.tagged", "case.tier_set"}
)  # fmt: skip
_OWN_WORDS = frozenset(catalog.KIND_OF[action] for action in commands.HOLDABLE)


def _version(value: object) -> int:
    return value if isinstance(value, int) else 0


def _line(
    item: queries.Item, person: str, files: Sequence[Any], known: changes.Known
) -> dict[str, Any]:
    label = item.label_en if english() else item.label
    line = {
        "kind": item.kind,
        "icon": item.icon,
        "label": label,
        "clause": item.clause,
        "told": changes.told(item, known),
        "at": f"{words.local(item.at):%H:%M}",
        "url": f"/desk/cases/{item.data['other']}/" if "other" in item.data else "",
    }
    if not item.text:
        return line | {"type": "event", "author": item.author or known.names.get(item.actor, "")}
    author = item.author or (person if item.voice == "user" else _("系统"))
    return line | {
        "type": "note" if item.internal else "message",
        "voice": item.voice,
        "author": author,
        "initial": author[:1],
        "text": unsealed(item.text),
        "lines": item.lines,
        "stretches": item.stretches,
        "internal": item.internal,
        "step": "" if item.kind in _PLAIN else label,
        "files": _files(item, files),
    }


#: Words that need no name: whose they are says what they are.
_PLAIN = frozenset({"case.answered", "case.noted", "case.message_added"})


#: What the house says of itself in a row is one line.
_FOLDED = frozenset({"message.delivered", "clock.warned", "clock.missed", "accountability.opened"})


def _folded(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for line in lines:
        last = kept[-1] if kept else None
        if last and line["kind"] == last["kind"] and line["kind"] in _FOLDED:
            ways = dict.fromkeys([*last["told"].split(_("、")), line["told"]])
            last |= {"told": _("、").join(filter(None, ways)), "at": line["at"]}
        else:
            kept.append(line)
    return kept


def _files(item: queries.Item, files: Sequence[Any]) -> list[dict[str, Any]]:
    """The files that came in with these words."""
    hashes = item.data.get("files", [])
    mine = [
        f
        for f in files
        if f.sha256 in hashes or (item.kind == "case.filed" and f.draft_id)  # type: ignore[operator]
    ]
    return [
        {
            "name": f.name,
            "url": f"/f/{f.token}",
            "icon": "image" if f.content_type.startswith("image/") else "file",
            "thumb": f"/f/{f.token}?size=small" if f.thumb else "",
        }
        for f in mine
    ]


def material(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The files of the case, with who brought them, when, and the start of their hash."""
    rows = queries.files(case, by)
    names = people.staff_names({f.author_id for f in rows})
    return [
        {
            "name": f.name,
            "url": f"/f/{f.token}",
            "thumb": f"/f/{f.token}?size=small" if f.thumb else "",
            "icon": "image" if f.content_type.startswith("image/") else "file",
            "size": words.size_words(f.size),
            "by": names.get(f.author_id, "") if f.author_id != case.person_id else _("用户"),
            "at": words.moment_words(f.at, at),
            "internal": f.internal,
            "hash": f.sha256[:12],
            "original": f"/desk/files/{f.token}/original/" if f.original else "",
        }
        for f in rows
    ]


def findings(case: Case, at: datetime) -> list[dict[str, Any]]:
    """What departments found, with the measure each proposes."""
    rows = queries.findings(case)
    names = people.staff_names({f.author_id for f in rows})
    book = queries.handbook(case)
    return [
        {
            "round": f.round,
            "department": say(book.departments.get(f.department)) or f.department,
            "author": names.get(f.author_id, ""),
            "at": words.moment_words(f.at, at),
            "text": unsealed(f.text),
        }
        for f in rows
    ]


def measures(case: Case, at: datetime) -> list[dict[str, Any]]:
    """What will still be done, by whom, by which day, and whether it is (1.2)."""
    rows = queries.follow_ups(case)
    names = people.staff_names({f.owner_id for f in rows})
    today = words.local(at).date()
    return [
        {
            "id": f.id,
            "what": unsealed(f.what),
            "owner": names.get(f.owner_id, ""),
            "due": words.date_words(f.due_on, today),
            "late": f.done_at is None and f.due_on < today,
            "done": words.moment_words(f.done_at, at) if f.done_at else "",
            "url": f"{case.desk_url}measures/{f.id}/done/",
            "undo_url": f"{case.desk_url}measures/{f.id}/undo/",
        }
        for f in rows
    ]


def record(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Every event of the case as it was sealed: number, what, who, clause, start of the hash.

    Of what was sorted anew: from what to what, and whether a reason stands in the timeline.
    """
    events = list(Event.objects.filter(stream=case.id).order_by("seq"))
    told = _sorted_anew(case, by, at)
    names = people.staff_names({e.actor_id for e in events if e.actor_role not in _NOT_STAFF})
    return [
        {
            "seq": e.seq,
            "at": words.moment_words(e.at, at),
            "label": _event_words(e.kind),
            "kind": e.kind,
            **told.get((e.kind, e.data.get("version")), {"told": "", "reason": False}),
            "who": _role(e.actor_role)
            if e.actor_role in _NOT_STAFF
            else names.get(e.actor_id) or _("员工"),
            "clause": e.clause,
            "hash": bytes(e.hash).hex()[:12],
        }
        for e in events
    ]


def _sorted_anew(case: Case, by: Actor, at: datetime) -> dict[tuple[str, Any], dict[str, Any]]:
    """What a step that sorts a case changed, by its kind and the version it made of the case.

    Other events have that version too: what happened to a case that came in, or its report's own.
    """
    items = [item for item in queries.timeline(case, by) if item.kind in _SORTING]
    known = changes.known(case, items, at)
    return {
        (item.kind, item.data.get("version")): {
            "told": changes.moved(item, known),
            "reason": bool(item.text),
        }
        for item in items
    }


def _event_words(kind: str) -> str:
    known = catalog.CATALOG[kind]
    return known.label_en if english() else known.label


def _role(role: str) -> str:
    return {"customer": _("用户"), "merchant": _("商家"), "system": _("系统")}[role]
