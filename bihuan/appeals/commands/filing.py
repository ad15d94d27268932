"""Lodge an appeal, add to it, take it back, ask for another reviewer (3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.appeals import queries
from bihuan.appeals.commands.steps import begin, decided_by, finish, put_clocks, say
from bihuan.appeals.models import Appeal
from bihuan.appeals.rules import CLAUSE
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.core import inputs, personal
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import AlreadyAppealed, Invalid, NotPermitted, NotPossible, OutOfTime
from bihuan.policy import queries as policy
from bihuan.store import blobs
from bihuan.store.blocks import new_id

LEAST, MOST, WISH_MOST = 10, 5000, 200
Upload = tuple[Any, str]
Draft = Any


def file_appeal(
    *, number: str, ground: str, text: str, wish: str = "", channel: str = "web",
    uploads: Iterable[Upload] = (), gathered: Draft | None = None, by: Actor, at: datetime,
) -> tuple[Appeal, list[cases.Fault]]:  # fmt: skip
    """提出申诉：by the person, or by staff on their word; who reviews it is drawn by lot.

    Its clocks are those of a new complaint from now on (X-41). What is good of the files is kept
    even if another is not. Invalid names each field; AlreadyAppealed while one is open;
    OutOfTime after the years of the policy; NotPossible where there is nothing to appeal against.
    """
    if not (by.is_staff or Role.CUSTOMER in by.roles):
        raise NotPermitted(CLAUSE, action="appeal")
    said = _checked(number, ground, text, wish, by, at)
    received, faults = cases.receive(uploads)
    try:
        with transaction.atomic():
            row = _filed(number, said, channel, received, gathered, by, at)
    except BaseException:
        cases.give_up(received)
        raise
    return row, faults


def _checked(
    number: str, ground: str, text: str, wish: str, by: Actor, at: datetime
) -> dict[str, str]:
    """The words, cleaned; what is not possible at all is said before any faulty field."""
    open_ = _open(seen.get(number, by), at)
    known = [one.id for one in open_.grounds]
    faults: dict[str, str] = {}
    said: dict[str, str] = {}
    reads: dict[str, Callable[[], str]] = {
        "ground": lambda: inputs.one_of(ground, known, field="ground"),
        "text": lambda: inputs.words(text, field="text", least=LEAST, most=MOST),
        "wish": lambda: inputs.words(wish, field="wish", most=WISH_MOST, lines=False),
    }
    for field, read in reads.items():
        try:
            said[field] = read()
        except Invalid as fault:
            faults |= fault.fields
    if faults:
        raise Invalid(faults, CLAUSE)
    return said


def _open(case: Any, at: datetime) -> queries.Open:
    open_ = queries.may_appeal(case, at)
    if open_.standing:
        raise AlreadyAppealed(CLAUSE, appeal=open_.standing)
    if open_.refused == "too_late":
        raise OutOfTime(CLAUSE, until=open_.until)
    if open_.refused:
        raise NotPossible(CLAUSE, state=open_.refused, action="appeal", possible=[])
    return open_


def _filed(
    number: str, said: dict[str, str], channel: str, received: Sequence[blobs.Kept],
    gathered: Draft | None, by: Actor, at: datetime,
) -> Appeal:  # fmt: skip
    case = seen.locked(number, by)  # of two at once the second finds the first
    open_ = _open(case, at)
    count = Appeal.objects.filter(case_id=case.id).count()
    row = Appeal(
        id=new_id(at), case_id=case.id, number=f"{case.number}-S{count + 1}", level=open_.level,
        round=case.round, about=open_.about, ground=said["ground"],
        wish=personal.mask(said["wish"]), person_id=case.person_id, channel=channel,
        policy_id=policy.in_force(at)[0], filed_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    put_clocks(row, case)
    kept = cases.keep_said(
        number=number, text=said["text"], kind="appeal", received=received, gathered=gathered,
        channel=channel, by=by, at=at,
    )  # fmt: skip
    if case.is_open:  # nobody who appealed is taken to agree by silence, now or later
        cases.need(number=number, code="appeal", before="close", ref=row.id, due_at=None, by=SYSTEM)
    say(
        row, "appeal.filed", by, at, level=row.level, round=row.round, about=row.about,
        ground=row.ground, channel=channel, due_at=decided_by(row).isoformat(),
        files=kept.hashes, **kept.facts,
    )  # fmt: skip
    return row


def add_to_appeal(
    *, appeal: str, text: str, uploads: Iterable[Upload] = (), gathered: Draft | None = None,
    by: Actor, at: datetime,
) -> tuple[Appeal, list[cases.Fault]]:  # fmt: skip
    """补充陈述：words and evidence of the person, or what those who decided say of it.

    Whoever was asked a question answers it by this. Of the staff only who works the case.
    """
    row = queries.get(appeal, by)
    received, faults = cases.receive(uploads)
    try:
        with transaction.atomic():
            row = _added(row.number, text, received, gathered, by, at)
    except BaseException:
        cases.give_up(received)
        raise
    return row, faults


def _added(
    number: str, text: str, received: Sequence[blobs.Kept], gathered: Draft | None, by: Actor,
    at: datetime,
) -> Appeal:  # fmt: skip
    row, step = begin(number, "add", by, at)
    case = seen.get(queries.case_number(row), by)
    if by.is_staff and not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action="add", department=case.department)
    words = inputs.words(text, field="text", least=0 if received or gathered else 2, most=MOST)
    kept = cases.keep_said(
        number=case.number, text=words, kind="appeal_reply" if by.is_staff else "appeal_more",
        received=received, gathered=gathered, by=by, at=at,
    )  # fmt: skip
    if not kept.facts and not kept.files:
        raise Invalid({"text": "missing"}, CLAUSE)
    if by.is_staff:
        return finish(row, step, "appeal.replied", by, at, files=kept.hashes, **kept.facts)
    row.asked_at = None
    told = [row.reviewer_id] if row.reviewer_id else []
    return finish(row, step, "appeal.added", by, at, files=kept.hashes, told=told, **kept.facts)


@transaction.atomic
def withdraw_appeal(*, appeal: str, text: str = "", by: Actor, at: datetime) -> Appeal:
    """撤回申诉：by the person; the record stays, and the result stands as it was."""
    row, step = begin(appeal, "withdraw", by, at)
    words = inputs.words(text, field="text", most=MOST)
    number = queries.case_number(row)
    kept = cases.keep_said(number=number, text=words, kind="appeal_withdrawn", by=by, at=at)
    return finish(row, step, "appeal.withdrawn", by, at, **kept.facts)


@transaction.atomic
def object_to_reviewer(*, appeal: str, reason: str, by: Actor, at: datetime) -> Appeal:
    """申请回避：the person does not trust the reviewer; once an appeal another is drawn."""
    row, step = begin(appeal, "object", by, at)
    if row.objected or not row.reviewer_id:
        state = "objected" if row.objected else "no_reviewer"
        raise NotPossible(CLAUSE, state=state, action="object", possible=[])
    words = inputs.words(reason, field="reason", least=2, most=1000)
    number = queries.case_number(row)
    kept = cases.keep_said(number=number, text=words, kind="appeal_objection", by=by, at=at)
    former, row.objected, row.reviewer_id = row.reviewer_id, True, 0
    return finish(row, step, "appeal.objected", by, at, reviewer=former, **kept.facts)


@transaction.atomic
def lapse_appeal(*, appeal: str, reason_code: str, by: Actor, at: datetime) -> Appeal:
    """失去对象：what was appealed against stands no more; a later result may be appealed anew."""
    row, step = begin(appeal, "lapse", by, at)
    row.reason_code = reason_code
    return finish(row, step, "appeal.lapsed", by, at, reason_code=reason_code)
