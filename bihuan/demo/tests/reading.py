"""The story of a database without what a sequence or chance has given it: ids, numbers, salts."""

from __future__ import annotations

import re
from typing import Any

from bihuan.accounts.models import Person, Staff
from bihuan.cases.models import Case, Clock, Entry, FollowUp
from bihuan.events.models import Event
from bihuan.notify.models import Message

_NUMBER = re.compile(r"TS\d{16}")
_IDS = frozenset({"entry", "words", "message", "follow_up", "accountability", "files", "policy"})
_PEOPLE = frozenset({"owner", "staff", "lead"})


def story() -> list[Any]:
    """Case by case: what was asked, said, owed, decided, told and done, by whom and when."""
    people = {row.id: row.name for row in Staff.objects.all()} | {0: "-"}
    persons = Person.objects.order_by("id").values_list("id", flat=True)
    people |= {id: f"person {place}" for place, id in enumerate(persons)}
    return [_of(case, people) for case in Case.objects.order_by("received_at", "subject")]


def _of(case: Case, people: dict[int, str]) -> dict[str, Any]:
    return {
        "case": [case.subject, case.kind, case.channel, case.issue, case.severity, case.state],
        "whose": [people[case.person_id], people[case.owner_id], case.department],
        "times": [case.received_at, case.next_due_at, case.waits_until, case.ended_at],
        "said": sorted(
            (row.at, row.kind, row.author_name, plain(row.text))
            for row in Entry.objects.filter(case_id=case.id)
        ),
        "owed": sorted(
            (row.round, row.due_at, row.milestone, str(row.done_at), str(row.late_at))
            for row in Clock.objects.filter(case_id=case.id)
        ),
        "done": [
            (event.kind, event.at, people[event.actor_id], event.clause, _data(event.data, people))
            for event in Event.objects.filter(stream=case.id).order_by("seq")
        ],
        "promised": sorted(
            (row.due_on, row.what, people[row.owner_id], str(row.done_at))
            for row in FollowUp.objects.filter(case_id=case.id)
        ),
        "told": sorted(
            (row.created_at, row.template, row.channel, people[row.person_id or row.staff_id],
             plain(row.subject), plain(row.body), row.state, str(row.sent_at), str(row.read_at))
            for row in Message.objects.filter(case_id=case.id)
        ),
    }  # fmt: skip


def plain(text: str) -> str:
    """The text with its case numbers, and the ids of sealed numbers, made alike."""
    return re.sub(r"\|\d+⟧", "|⟧", _NUMBER.sub("TS", text))


def _data(data: dict[str, Any], people: dict[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key in _IDS:
            continue
        if isinstance(value, dict):
            found[key] = _data(value, people)
        elif key in _PEOPLE:
            found[key] = people[value]
        else:
            found[key] = plain(value) if isinstance(value, str) else value
    return found
