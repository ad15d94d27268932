"""A call that nobody answered becomes a case with its clocks, and a call that is owed (1.3)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.queries import Case
from bihuan.core.actors import SYSTEM, Actor
from bihuan.events import log
from bihuan.phone import queries
from bihuan.phone.commands.hearing import CLAUSE, hear, recognise_caller
from bihuan.phone.models import Call, CallBack
from bihuan.phone.rules import facts as rules
from bihuan.phone.rules.facts import Fact
from bihuan.store.blocks import new_id
from bihuan.web import words

AT_ONCE = 200  # calls of one sweep
_AWAY = (OperationalError, InterfaceError)  # the database, not the call, is at fault
_log = logging.getLogger(__name__)
_LOCK = 2**40  # locks of numbers stand below every id, which is a time


def settle(*, by: Actor, at: datetime) -> int:
    """Judge each call that has ended and been quiet for GRACE; how many became or joined a case.

    One that fails for a reason of ours stands in the log, is tried again, and holds up no other.
    """
    for id in queries.lost(at):
        _tried(_give_up, id, by, at)
    became = judged = 0
    for id in queries.unsettled(at):
        done = _tried(_settle, id, by, at)
        became, judged = became + bool(done), judged + (done is not None)
        if judged == AT_ONCE:
            break
    return became


def _tried(act: Callable[..., bool], id: int, by: Actor, at: datetime) -> bool | None:
    """What came of it; None when it failed."""
    try:
        return act(id, by, at)
    except _AWAY:
        raise
    except Exception as fault:  # not what it says: it may hold what is personal
        _log.error("call %d: %s", id, type(fault).__name__)
        return None


def _give_up(id: int, by: Actor, at: datetime) -> bool:
    """Its end was never heard: it is over, as far as anybody can know."""
    call = Call.objects.get(id=id)
    end = max(call.started_at, call.answered_at or call.started_at)
    fact = Fact("ended", end, direction=call.direction, reason=rules.LOST)
    hear(source=call.source, ref=call.ref, fact=fact, by=by, at=at)
    return True


@transaction.atomic
def _settle(id: int, by: Actor, at: datetime) -> bool:
    call = queries.waiting_to_settle(id)
    if call is None:
        return False
    call.settled_at = at
    call.save(update_fields=["settled_at"])
    number = queries.number_of(call)
    waited = call.rang is not None and call.rang >= timedelta(seconds=settings.PHONE.rings)
    lost = _was_lost(call)
    if call.outcome not in rules.UNANSWERED or call.case_id or not (waited or lost) or not number:
        return False  # a withheld number leaves nobody to answer: it is counted, and no case
    _one_at_a_time(call)
    case = _same_matter(call)
    if case is not None:
        cases.note(number=case.number, text=_told(call, number, again=True), by=by, at=at)
    else:
        case = _filed(call, number, by, at)
    call.case_id = case.id
    call.save(update_fields=["case_id"])
    recognise_caller(call)
    _owe(call, case, by, at)
    log.append(
        "call.missed", stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id, case=case.id,
        outcome=call.outcome, seconds=_seconds(call),
    )  # fmt: skip
    return True


def _was_lost(call: Call) -> bool:
    return any(fact.reason == rules.LOST for fact in queries.facts_of(call))


def _one_at_a_time(call: Call) -> None:
    """Two calls of one number are one case, also when two workers judge them together."""
    log.hold({int.from_bytes(bytes(call.number_index or b"")[:8]) % _LOCK})


def _same_matter(call: Call) -> Case | None:
    """The open case that another missed call of this number has become within SAME_MATTER."""
    ids = queries.cases_of_missed(call)
    rows = case_queries.visible(SYSTEM).filter(id__in=ids, state__in=case_queries.OPEN)
    return rows.order_by("-id").first()


def _filed(call: Call, number: str, by: Actor, at: datetime) -> Case:
    filing = Filing(
        kind="enquiry", channel="phone", subject=_("未接来电"), text=_told(call, number),
        contact=Contact(phone=number), external_id=call.ref, received_at=min(call.started_at, at),
    )  # fmt: skip
    return cases.file(filing=filing, by=by, at=at).case


def _told(call: Call, number: str, *, again: bool = False) -> str:
    """What stands on the case; the number in it is sealed there like any other."""
    said = {
        "missed": _("没有人接听"),
        "abandoned": _("对方先挂断"),
        "voicemail": _("转入语音信箱"),
    }[call.outcome]
    pattern = (
        _("{moment} 再次来电，响铃 {n} 秒，{said}。来电号码：{number}。")
        if again
        else _("{moment} 来电，响铃 {n} 秒，{said}。来电号码：{number}。请回拨。")
    )
    moment = words.full_moment(call.started_at)
    return pattern.format(moment=moment, n=_seconds(call), said=said, number=number)


def _seconds(call: Call) -> int:
    return int(call.rang.total_seconds()) if call.rang else 0


def _owe(call: Call, case: Case, by: Actor, at: datetime) -> None:
    """Somebody calls back: whoever has the case; one call for all that were missed."""
    if queries.owed_on_case(case.id):
        return
    due = call.started_at + timedelta(minutes=settings.PHONE.back_minutes)
    back = CallBack.objects.create(
        id=new_id(at), call_id=call.id, case_id=case.id, owner_id=case.owner_id, due_at=due,
        made_at=at,
    )  # fmt: skip
    log.append(
        "call.back_promised", stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id,
        back=back.id, case=case.id, owner=back.owner_id, due_at=due.isoformat(),
    )  # fmt: skip
