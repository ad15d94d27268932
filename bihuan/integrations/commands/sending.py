"""Send what is queued, endpoint by endpoint in turn, and write down how each try went."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.core import signed
from bihuan.core.actors import SYSTEM
from bihuan.events import log
from bihuan.events.models import Event
from bihuan.integrations import queries, rules, wires
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.integrations.providers.https import Answer
from bihuan.notify import commands as notify
from bihuan.policy import queries as policy

HANDS = 8  # endpoints spoken to at once
LEASE = timedelta(minutes=2)  # a try takes ten seconds, and what the system needs for the name
TURN = timedelta(seconds=30)  # in which a sweep begins new tries: its worker may be told to stop
LOOK = 0.2  # seconds between two looks for what became due while an endpoint is waited for
NOTICE = "webhook_off"

_CLAUSE = "3.3"
_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def sweep(now: Clock) -> int:
    """Send what is due; how many tries were made.

    One try at a time for each endpoint, some endpoints at once: one that is slow or dead holds
    one hand, and rests after each failure. Leases and results are short transactions of this
    thread; nothing is open while an endpoint is waited for. `now` tells the moment, which goes on
    meanwhile.
    """
    began = now()
    if not queries.is_anything_due(began):
        return 0
    tried, way, busy = 0, wires.way(), dict[Future[Answer], Delivery]()
    with ThreadPoolExecutor(HANDS, thread_name_prefix="webhooks") as hands:
        while True:
            at, ended = now(), 0
            if at - began < TURN:
                mine, ended = _leased(at, HANDS - len(busy))
                for one in mine:
                    try:
                        busy[hands.submit(way.post, *_written(one, at))] = one
                    except Exception as fault:
                        _settle(one, _fault(one, fault), now())
                        ended += 1
            if not busy and not ended:
                return tried
            for done in wait(busy, LOOK, FIRST_COMPLETED).done:
                one, failed = busy.pop(done), done.exception()
                _settle(one, _fault(one, failed) if failed else done.result(), now())
                tried += 1


def _fault(one: Delivery, fault: BaseException) -> Answer:
    """What is wrong with one delivery, or with us, is a failed try of it and holds up no other."""
    _log.error("webhook delivery %d: %s", one.id, type(fault).__name__)
    return Answer("fault")


def _leased(at: datetime, most: int) -> tuple[list[Delivery], int]:
    """Take the next endpoints in turn for this sweep alone, and of each what is due longest.

    What its owner may not know of any more is withheld instead; the second tells how many were.
    """
    with transaction.atomic():
        taken = queries.first_due(queries.next_in_turn(at, most), at) if most else []
        reach = cases.reach(one.case_id for one in taken if one.case_id)
        mine = [one for one in taken if _may_go(one, reach)]
        for one in taken:
            if one not in mine:
                _end(one, "withheld", at)
        for one in mine:
            one.tries, one.turn = one.tries + 1, one.turn + 1
            one.answers = [*one.answers, {"at": at.isoformat(), "answer": "lost"}]
            one.save(update_fields=["tries", "turn", "answers"])
            one.endpoint.leased_until, one.endpoint.turn_at = at + LEASE, at
            one.endpoint.save(update_fields=["leased_until", "turn_at"])
    return mine, len(taken) - len(mine)


def _may_go(one: Delivery, reach: Mapping[int, cases.Reach]) -> bool:
    if not one.case_id:
        return True
    known = reach.get(one.case_id)
    return known is not None and rules.may_go(one.endpoint.owner_id, known.named)


def _written(one: Delivery, at: datetime) -> tuple[str, dict[str, str], bytes]:
    """Where it goes, its headers signed for this moment, and its body."""
    said = rules.body(*_said(one))
    keys = [signed.key_of(secret) for secret in queries.secrets_of(one.endpoint, at)]
    heads = signed.headers(keys, one.key, at, said)
    return one.endpoint.url, heads, said


def _said(one: Delivery) -> tuple[str, datetime, dict[str, object]]:
    """Kind, moment and facts, as the log has them and the API shows them to staff."""
    if not one.case_id:
        return one.kind, one.created_at, {"webhook": one.endpoint_id}
    event = Event.objects.get(stream=one.case_id, seq=one.seq)
    return event.kind, event.at, {
        "number": one.number,
        "seq": event.seq,
        "clause": event.clause,
        "actor": event.actor_id,
        "role": event.actor_role,
        "facts": event.data,
        "hash": bytes(event.hash).hex(),
    }  # fmt: skip


@transaction.atomic
def _settle(one: Delivery, answer: Answer, at: datetime) -> None:
    """Record the try, unless another sweep has taken the delivery over since, or it is gone."""
    row = Endpoint.objects.select_for_update().filter(id=one.endpoint_id).first()
    if row is None:
        return
    if row.leased_until == one.endpoint.leased_until:
        row.leased_until = None
        row.save(update_fields=["leased_until"])
    found = Delivery.objects.filter(id=one.id, turn=one.turn, state="queued").first()
    if found is None:
        return
    found.answers[-1]["answer"] = answer.said
    if answer.is_success:
        _end(found, "delivered", at)
        row.failures, row.failing_since, row.rests_until = 0, None, None
        row.save(update_fields=["failures", "failing_since", "rests_until"])
    else:
        _failed(found, row, answer, at)


def _failed(found: Delivery, row: Endpoint, answer: Answer, at: datetime) -> None:
    """When it is tried again, how long its endpoint rests, and whether that is switched off."""
    pause = None if answer.gone else rules.wait(found.tries, random.random())  # noqa: S311 - no secret
    if pause is None:
        _end(found, "failed", at)
    else:
        found.next_try_at = at + pause
        found.save(update_fields=["answers", "next_try_at"])
    row.failures, row.failing_since = row.failures + 1, row.failing_since or at
    row.rests_until = at + rules.rest(row.failures)
    if row.active and answer.gone:
        _switch_off(row, "gone", at)
    elif row.active and rules.in_vain(
        failures=row.failures, failing_since=row.failing_since, at=at
    ):
        _switch_off(row, "failing", at)
    row.save()


def _end(one: Delivery, state: str, at: datetime) -> None:
    one.state, one.next_try_at, one.ended_at = state, None, at
    one.save(update_fields=["state", "next_try_at", "ended_at", "answers"])


def _switch_off(row: Endpoint, reason: str, at: datetime) -> None:
    """Off by itself; its owner is told, where the handbook in force has words for it."""
    row.active, row.off_reason = False, reason
    host = queries.host(row)
    log.append(
        "webhook.switched_off", stream=row.id, by=SYSTEM, at=at, clause=_CLAUSE, webhook=row.id,
        host=host, reason_code=reason,
    )  # fmt: skip
    if NOTICE in policy.current(at).notices:
        link = f"{settings.BASE_URL}/desk/webhooks/{row.id}/"
        notify.tell(
            NOTICE, key=f"{row.id}:{NOTICE}:{int(at.timestamp())}", at=at, staff_id=row.owner_id,
            facts={"host": host, "link": link},
        )  # fmt: skip
