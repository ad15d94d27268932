"""Take in what a telephone system says of a call: late, twice or out of order, it ends the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from types import MappingProxyType

from django.conf import settings
from django.db import IntegrityError, transaction

from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Conflict, Invalid
from bihuan.events import log
from bihuan.phone import queries
from bihuan.phone.models import Call, CallBack, CallNote, Receipt, Source
from bihuan.phone.rules import facts as rules
from bihuan.phone.rules.facts import EVENTS, Fact, Standing
from bihuan.store.blocks import new_id

CLAUSE = "1.3"
SKEW = 300  # seconds a telephone system's clock may be ahead, as its signatures may
KINDS = MappingProxyType(
    {
        "started": "call.started",
        "answered": "call.answered",
        "ended": "call.ended",
        "recording": "call.recorded",
    }
)


@transaction.atomic
def hear(*, source: str, ref: str, fact: Fact, receipt: str = "", by: Actor, at: datetime) -> Call:
    """One event of one call. What was heard already changes nothing.

    `receipt`: the id of the message, which is taken once (Conflict). Invalid for what cannot be.
    """
    mark = inputs.words(ref, field="call", least=1, most=120, lines=False)
    _possible(fact, at)
    if receipt:
        _take_once(receipt, at)
    call = _locked(source, mark, fact, at)
    _say_alive(source, at)
    known = queries.facts_of(call)
    if _is_erased(call):
        return _over(call, fact)
    if not rules.adds(fact, known):
        return call
    said = [*known, fact]
    standing = rules.stands(said)
    _take_over(call, standing)
    call.heard_at = at
    _keep(call, said, standing)
    _say(call, fact, by, at)
    if call.outcome == "answered":
        _answered_after_all(call, at)
    return call


def _possible(fact: Fact, at: datetime) -> None:
    faults: dict[str, str] = {}
    inputs.one_of(fact.event, EVENTS, field="event")
    if fact.direction:
        inputs.one_of(fact.direction, rules.DIRECTIONS, field="direction")
    for field, value, most in (
        ("from", fact.number_from, 120), ("to", fact.number_to, 120), ("agent", fact.agent, 80),
        ("recording_url", fact.recording, 500), ("reason", fact.reason, 40),
    ):  # fmt: skip
        inputs.words(value, field=field, most=most, lines=False)
    if (inputs.moment(fact.at, field="at") - at).total_seconds() > SKEW:
        faults["at"] = "in_the_future"
    elif fact.at < at - timedelta(days=settings.PHONE.keep_days):
        faults["at"] = "too_long_ago"  # a clock without a battery; it would be forgotten at once
    inputs.whole(fact.seconds, field="seconds", most=86_400)
    if fact.recording and not rules.is_ours(fact.recording, settings.PHONE.recordings):
        faults["recording_url"] = "not_our_origin"
    if faults:
        raise Invalid(faults, CLAUSE)


def _take_once(receipt: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            Receipt.objects.create(id=receipt, at=at)
    except IntegrityError:
        raise Conflict(CLAUSE, key=receipt[:40]) from None


def _locked(source: str, ref: str, fact: Fact, at: datetime) -> Call:
    """The row of this call, made if this is the first that is heard of it."""
    fresh = Call(
        id=new_id(at), source=source, ref=ref, started_at=fact.at, heard_at=at, told=b"",
    )  # fmt: skip
    Call.objects.bulk_create([fresh], ignore_conflicts=True)
    return queries.locked_by_ref(source, ref)


def _is_erased(call: Call) -> bool:
    """Of somebody who was erased nothing more is kept (3.3)."""
    return bool(call.person_id) and not people.is_person(call.person_id)


def _over(call: Call, fact: Fact) -> Call:
    """That it has ended is nobody's secret, and it rings no more."""
    if fact.event == "ended" and call.ended_at is None:
        call.ended_at = max(fact.at, call.started_at, call.answered_at or call.started_at)
        call.save(update_fields=["ended_at"])
    return call


def _take_over(call: Call, standing: Standing) -> None:
    """The columns that follow from what was said; staff by their extensions."""
    phones = queries.staff_by_extension([standing.agent, *standing.rung])
    call.direction, call.line = standing.direction, rules.bare(standing.line)[:40]
    call.agent_id = phones.get(rules.extension(standing.agent), 0)
    rung = (phones.get(rules.extension(one), 0) for one in standing.rung)
    call.rung = sorted({id for id in rung if id})
    call.started_at, call.answered_at = standing.started_at, standing.answered_at
    call.ended_at, call.outcome = standing.ended_at, standing.outcome
    call.has_recording = bool(standing.recording)


def _keep(call: Call, said: Collection[Fact], standing: Standing) -> None:
    """Sealed under the key of whose number it is, else of the house."""
    number = queries.plain(standing.number)
    call.number_index = queries.index_of(number) if number else None
    if number and not call.person_id:
        call.person_id = people.known_by_phone(number)
        if call.person_id:
            seal_notes_anew(call, was=0)
    call.told = queries.sealed(call.person_id, "call", "told", call.id, rules.kept(said))
    call.save()


def seal_notes_anew(call: Call, *, was: int) -> None:
    """The notes of a call follow its key, so that they are erased with its person."""
    for note in CallNote.objects.filter(call_id=call.id):
        text = queries.opened(was, "callnote", "text", note.id, note.text)
        if text is not None:
            note.text = queries.sealed(call.person_id, "callnote", "text", note.id, text)
            note.save(update_fields=["text"])


def recognise_caller(call: Call) -> None:
    """The number has become somebody's: from now on it is sealed under that person's key."""
    number = queries.number_of(call)
    person_id = people.known_by_phone(number) if number and not call.person_id else 0
    if person_id:
        said = queries.facts_of(call)
        call.person_id = person_id
        seal_notes_anew(call, was=0)
        call.told = queries.sealed(person_id, "call", "told", call.id, rules.kept(said))
        call.save(update_fields=["person_id", "told"])


def _say(call: Call, fact: Fact, by: Actor, at: datetime) -> None:
    log.append(
        KINDS[fact.event], stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id,
        direction=call.direction, agent=call.agent_id, outcome=call.outcome,
        happened_at=fact.at.isoformat(),
    )  # fmt: skip


def _answered_after_all(call: Call, at: datetime) -> None:
    """It was thought missed until its answer was heard: nobody needs to call back."""
    rows = CallBack.objects.filter(call_id=call.id, outcome="", made_by=0)
    for back in rows.select_for_update():
        back.outcome, back.done_at = "answered", at
        back.save(update_fields=["outcome", "done_at"])
        log.append(
            "call.back_done", stream=call.id, by=SYSTEM, at=at, clause=CLAUSE, call=call.id,
            back=back.id, case=back.case_id, outcome="answered",
        )  # fmt: skip


def _say_alive(source: str, at: datetime) -> None:
    row, made = Source.objects.get_or_create(name=source, defaults={"heard_at": at, "seen_at": at})
    if not made and (row.heard_at is None or (at - row.heard_at).total_seconds() >= 1):
        # once a second is enough to know that it lives, and calls do not queue for one row
        Source.objects.filter(name=source).update(heard_at=at, seen_at=at, fault="")
