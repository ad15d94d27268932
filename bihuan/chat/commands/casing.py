"""A chat and its case: opened with all that was said, tied to another, taken off (1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import transaction

from bihuan.accounts import commands as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.commands import Contact, Filing, Line
from bihuan.cases.queries import Case
from bihuan.chat import queries
from bihuan.chat.commands.sealing import seal_anew
from bihuan.chat.commands.steps import begin_own, happened, refused, tell
from bihuan.chat.commands.transcript import keep_rest, lines_of, parts, unanswered_words
from bihuan.chat.models import Conversation
from bihuan.chat.rules import CLAUSE, OPEN, plans
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events import log

GUESTS = frozenset({Role.CUSTOMER})
TEXT_MOST = 18_000  # of a case's words; the whole conversation stands beside them


@transaction.atomic
def open_case(
    *, id: int, kind: str = "", subject: str = "", text: str = "",
    contact: Contact | None = None, by: Actor, at: datetime,
) -> Case:  # fmt: skip
    """转为案件：one press. It is counted from the first message (X-09), with the whole transcript.

    What is not given follows from what was said. `contact` is of a guest; somebody known is
    theirs. Raises what `cases.file` does, and NotPossible `has_a_case`.
    """
    if not by.is_staff:
        raise NotFound()
    row = queries.locked(id, by)
    if row.is_going:
        row = begin_own(id, "change_line", by)
    if row.case_id:
        raise refused(row, "open_case", "has_a_case")
    case = file_it(row, kind=kind, subject=subject, text=text, contact=contact, by=by, at=at)
    happened(row, "case", at, number=case.number)
    row.kept_n = row.last_n
    row.save()
    tell(row, "case")
    return case


def file_it(
    row: Conversation, *, kind: str = "", subject: str = "", text: str = "",
    contact: Contact | None = None, since: datetime | None = None, by: Actor, at: datetime,
) -> Case:  # fmt: skip
    """The case of a chat that is held; its words are sealed under the person of the case.

    Once, however often it is asked for. `since`: where it is not of all that was said.
    """
    told = lines_of(row)
    words = (text.strip() or _asked_in(told))[:TEXT_MOST]
    first, *rest = parts(told, at)
    filing = Filing(
        kind=kind or case_queries.kind_of(words, row.asked_at), channel="chat", text=words,
        subject=subject, contact=contact or Contact(), person_id=row.person_id,
        received_at=since or row.asked_at, transcript=first,
    )  # fmt: skip
    filed = cases.file(filing=filing, key=f"chat:{row.id}:{row.last_n}", by=by, at=at)
    case = filed.case
    for part in rest:
        cases.keep_conversation(number=case.number, text=part, by=SYSTEM, at=at)
    files = _files(row, case, at)
    row.case_id, row.kept_n = case.id, row.last_n
    if not row.person_id:
        seal_anew(row, person_id=case.person_id)
    _say_both("chat.case_opened", row, case, by, at, files=files)
    return case


def pass_on(row: Conversation, case: Case, at: datetime) -> None:
    """What nobody answered in the chat is a message to whoever handles its case (2.3.2).

    Of a guest it stands in the transcript alone: nobody knows that it is the person of the case.
    """
    words = unanswered_words(row)[:TEXT_MOST]
    if words and row.person_id == case.person_id:
        own = Actor(row.person_id, GUESTS)
        cases.message(number=case.number, text=words, channel="chat", by=own, at=at)


def _asked_in(told: Sequence[Line]) -> str:
    """What the person wrote before anybody answered; else all they wrote; a file has no words."""
    before = [one for one in takewhile(lambda one: one.by != "agent", told) if one.by == "user"]
    said = before or [one for one in told if one.by == "user"]
    return "\n".join(one.text for one in said) or "—"


def _files(row: Conversation, case: Case, at: datetime) -> list[str]:
    drafts = queries.draft_ids(row)
    if not drafts:
        return []
    return cases.adopt_files(number=case.number, draft_ids=drafts, by=SYSTEM, at=at)


def _say_both(
    kind: str, row: Conversation, case: Case, by: Actor, at: datetime, **more: Any
) -> None:
    """On the streams of both, so that each story tells of the other."""
    log.hold([row.id, case.id])
    for stream in (row.id, case.id):
        log.append(
            kind, stream=stream, by=by, at=at, clause=CLAUSE, chat=row.id, line=row.line,
            agent=row.agent_id, case=case.id, number=case.number, **more,
        )  # fmt: skip


@transaction.atomic
def tie(*, id: int, number: str, by: Actor, at: datetime) -> Conversation:
    """关联案件：a case there is; what was said so far stands on it, what follows when it ends.

    NotPossible `has_a_case`; Invalid `number` for one nobody can see, and `another_person`.
    """
    if not by.is_staff:
        raise NotFound()
    row = queries.locked(id, by)
    if row.state == OPEN:
        row = begin_own(id, "change_line", by)
    try:
        case = case_queries.get(number, by)
    except NotFound:
        raise Invalid({"number": "no_such_case"}, CLAUSE) from None
    if row.case_id == case.id:
        return row
    if row.case_id:
        raise refused(row, "tie", "has_a_case")
    if row.person_id and case.person_id != row.person_id:
        raise Invalid({"number": "another_person"}, CLAUSE)
    row.case_id = case.id
    keep_rest(row, case.number, at)
    happened(row, "tied", at, number=case.number)
    row.save()
    _say_both("chat.tied", row, case, by, at)
    tell(row, "case")
    return row


@transaction.atomic
def untie(*, id: int, by: Actor, at: datetime) -> Conversation:
    """取消关联：it lies on no case; what was kept there stays, for it was said."""
    if not by.is_staff:
        raise NotFound()
    row = queries.locked(id, by)
    if row.state == OPEN and row.agent_id != by.id and not plans(by):
        raise refused(row, "untie", "not_your_chat")
    if not row.case_id or row.outcome == "case":
        raise refused(row, "untie", "no_case" if not row.case_id else "chat_ended")
    case = case_queries.get(queries.number_of_case(row.case_id, by), by)
    _say_both("chat.untied", row, case, by, at)
    row.case_id, row.kept_n = 0, 0
    happened(row, "untied", at, number=case.number)
    row.save()
    tell(row, "case")
    return row


@transaction.atomic
def leave_contact(
    *, id: int, contact: Contact, token: str = "", by: Actor, at: datetime
) -> Conversation:
    """留下联系方式：a guest whose chat became a case before anybody knew how to tell them (2.4.1).

    Invalid `contact` without a phone or an address; NotPossible `no_case` where nothing is asked.
    """
    row = queries.locked(id, by, token)
    if by.is_staff or not queries.asks_contact(row):
        raise refused(row, "leave_contact", "no_case")
    if not contact.is_given:
        raise Invalid({"contact": "missing"}, "2.4.1")
    person: dict[str, Any] = {
        "person_id": row.person_id,
        "by": Actor(row.person_id, GUESTS),
        "at": at,
    }
    people.update_contact(contact=contact, **person)
    people.set_preferences(tell_by="sms" if contact.phone.strip() else "email", **person)
    return row
