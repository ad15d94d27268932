"""Ask a party outside the house, take its answer down, and mark the handling steps (6.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.complaints import inquiring, queries
from bihuan.complaints.models import CaseParty, Inquiry
from bihuan.core import inputs, personal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

CLAUSE = "6.1"
ASKED_MOST, ANSWER_MOST, NAME_MOST, REFERENCE_MOST = 1000, 4000, 60, 60


@transaction.atomic
def ask(
    *, number: str, kind: str, what: str, party: str = "", name: str = "",
    manner: str = "query", way: str = "phone", reference: str = "",
    asked_at: datetime | None = None, by: Actor, at: datetime,
) -> Inquiry:  # fmt: skip
    """向第三方查询或投诉：its due is the law's or a default, and moves no clock of the case (X-12).

    `party` is of the directory; `name` says who it is when it is none of those. `asked_at` is when
    it was really asked, not before the case came in and not ahead.
    """
    case = case_queries.locked(number, by)
    if not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action="ask", department=case.department)
    if not case.is_open:
        raise NotPossible(CLAUSE, state=case.state, action="ask", possible=[])
    book = policy.current(at)
    asked, faults = asked_at or at, dict[str, str]()
    if not case.received_at <= asked <= at:
        faults["asked_at"] = "in_the_future" if asked > at else "before_the_case"
    values = _checked(book, faults, kind=kind, party=party, name=name, manner=manner, way=way,
                      what=what, reference=reference)  # fmt: skip
    due_at, law = inquiring.due_of(
        kind=book.party_kinds[kind], manner=manner, issue=case.issue, asked_at=asked,
        clocks=book.legal_clocks.values(), days=policy.workdays(),
    )  # fmt: skip
    row = Inquiry(
        id=new_id(at), case_id=case.id, number=case.number, kind=kind, manner=manner, way=way,
        party_id=_party(case.id, kind, party, values["name"], by, at).id,
        what=personal.mask(values["what"]), reference=values["reference"], asked_by=by.id,
        asked_at=asked, recorded_at=at, due_at=due_at, law=law,
    )  # fmt: skip
    row.save(force_insert=True)
    _say("inquiry.asked", row, by, at, way=way, due_at=due_at.isoformat())
    return row


def _checked(book: Handbook, faults: dict[str, str], **given: str) -> dict[str, str]:
    """The words of an inquiry, cleaned; Invalid names every field that is wrong, at once."""
    values: dict[str, str] = {}
    trades = {given["kind"]} & book.party_kinds.keys() or book.party_kinds.keys()
    known = [one.id for one in book.parties.values() if one.kind in trades]
    checks: dict[str, Callable[[str], str]] = {
        "kind": lambda v: inputs.one_of(v, dict(book.party_kinds), field="kind"),
        "party": lambda v: inputs.one_of(v, known, field="party") if v else "",
        "manner": lambda v: inputs.one_of(v, inquiring.MANNERS, field="manner"),
        "way": lambda v: inputs.one_of(v, inquiring.WAYS, field="way"),
        "what": lambda v: inputs.words(v, field="what", least=2, most=ASKED_MOST),
        "reference": lambda v: inputs.words(v, field="reference", most=REFERENCE_MOST, lines=False),
        "name": lambda v: inputs.words(
            v, field="name", least=0 if given["party"] else 2, most=NAME_MOST, lines=False
        ),
    }
    for field, check in checks.items():
        try:
            values[field] = check(given[field])
        except Invalid as fault:
            faults |= fault.fields
    if faults:
        raise Invalid(faults, CLAUSE)
    return values | ({"name": ""} if given["party"] else {})


def _party(case_id: int, kind: str, party: str, name: str, by: Actor, at: datetime) -> CaseParty:
    """The party of the case, put down when it is first asked. The case is locked."""
    row, _new = CaseParty.objects.get_or_create(
        case_id=case_id, kind=kind, party=party, name=personal.mask(name),
        defaults={"id": new_id(at), "added_by": by.id, "added_at": at},
    )  # fmt: skip
    return row


@transaction.atomic
def answer_inquiry(
    *, id: int, answer: str, reference: str = "", by: Actor, at: datetime
) -> Inquiry:
    """第三方已答复：its words stand on the case as a note, numbers of persons masked."""
    row = _open(id, "answer_inquiry", by)
    words = inputs.words(answer, field="answer", least=2, most=ANSWER_MOST)
    given = inputs.words(reference, field="reference", most=REFERENCE_MOST, lines=False)
    row.answer, row.answered_by, row.answered_at = personal.mask(words), by.id, at
    row.reference = given or row.reference
    row.save(update_fields=["answer", "answered_by", "answered_at", "reference"])
    if case_queries.get(row.number, by).is_open:
        cases.note(number=row.number, text=words, by=by, at=at)
    _say("inquiry.answered", row, by, at)
    return row


@transaction.atomic
def drop_inquiry(*, id: int, reason: str, by: Actor, at: datetime) -> Inquiry:
    """撤销查询：it is no longer waited for; why stands on the case as a note."""
    row = _open(id, "drop_inquiry", by)
    words = inputs.words(reason, field="reason", least=2, most=300, lines=False)
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    if case_queries.get(row.number, by).is_open:
        cases.note(number=row.number, text=words, by=by, at=at)
    _say("inquiry.dropped", row, by, at)
    return row


def _open(id: int, action: str, by: Actor) -> Inquiry:
    """That inquiry, locked after its case, which every command locks first.

    An answer may come after the decision, and is still taken down; only an archive is shut.
    """
    case = case_queries.locked(queries.inquiry(id, by).row.number, by)
    row = queries.locked_inquiry(id)
    if not row.is_open or case.state == "archived":
        state = "answered" if row.answered_at else "dropped" if row.dropped_at else case.state
        raise NotPossible(CLAUSE, state=state, action=action, possible=[])
    if not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action=action, department=case.department)
    return row


@transaction.atomic
def end_inquiries(*, case_id: int, by: Actor, at: datetime) -> int:
    """The case ended before its decision: nobody waits for answers any more."""
    rows = queries.open_inquiries(case_id, lock=True)
    for row in rows:
        row.dropped_at = at
        row.save(update_fields=["dropped_at"])
        _say("inquiry.dropped", row, by, at)
    return len(rows)


@transaction.atomic
def take_up_inquiries(*, case_id: int, ended_at: datetime, by: Actor, at: datetime) -> int:
    """撤销并案：what was waited for until the case ended is waited for again, by its old due."""
    rows = queries.dropped_inquiries(case_id, ended_at)
    for row in rows:
        row.dropped_at = None
        row.save(update_fields=["dropped_at"])
        _say("inquiry.revived", row, by, at)
    return len(rows)


@transaction.atomic
def miss_inquiries(*, at: datetime, most: int = 200) -> int:
    """Of inquiries whose time is over: said once, to who works the case, else its supervisors."""
    rows = queries.late_inquiries(at, most)
    log.hold({row.case_id for row in rows})
    for row in rows:
        row.late_at = row.due_at
        row.save(update_fields=["late_at"])
        case = case_queries.get(row.number, SYSTEM)
        told = [case.owner_id] if case.owner_id else people.ladder("supervisor", case.department)
        _say(
            "inquiry.late", row, SYSTEM, at, due_at=row.due_at.isoformat(), told=list(told),
            owner=case.owner_id, department=case.department,
        )  # fmt: skip
    return len(rows)


def _say(kind: str, row: Inquiry, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        kind, stream=row.case_id, by=by, at=at, clause=CLAUSE, number=row.number,
        inquiry=row.id, trade=row.kind, manner=row.manner, law=row.law, **more,
    )  # fmt: skip
