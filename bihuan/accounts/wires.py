"""What the switchboard connects to this room: how a code leaves, whose and where a case is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import cast

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.events.wires import called, wired

SendCode = Callable[[int, str, str, datetime], None]
CaseLinks = Callable[[Iterable[int], Actor], Mapping[int, str]]
CasePerson = Callable[[str], tuple[int, int] | None]


def send_code(*, person_id: int, contact: str, code: str, at: datetime) -> None:
    """Hand a one-time code over to be sent; `person_id` is 0 for somebody not registered yet."""
    cast(SendCode, called(wired("SEND_CODE", "")))(person_id, contact, code, at)


def case_person(number: str) -> tuple[int, int] | None:
    """(person id, case id) of a case number; None when there is no such case."""
    return cast(CasePerson, called(wired("CASE_PERSON", "")))(number)


def case_place(case_id: int, by: Actor) -> str:
    """Where this actor may look at this case. NotFound when he may not."""
    find = cast(CaseLinks, called(wired("LINKS", {})["case"]))
    if case_id not in (found := find([case_id], by)):
        raise NotFound()
    return found[case_id]
