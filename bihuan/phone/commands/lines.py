"""The lines of the house: whose extension is whose, who keeps a line, what is forgotten."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.core.signed import KEPT
from bihuan.events import log
from bihuan.phone import queries
from bihuan.phone.commands.hearing import CLAUSE, hear
from bihuan.phone.models import Attempt, Call, CallBack, CallNote, Extension, Receipt, Source
from bihuan.phone.rules import facts as rules
from bihuan.phone.rules.facts import Fact

TERM = timedelta(seconds=20)  # a process that says nothing for so long has lost its line
AT_ONCE = 500  # calls forgotten in one transaction
_EXTENSION = re.compile(r"[\w.+*#-]{1,40}", re.ASCII)


def may_manage(by: Actor) -> bool:
    """Who says whose telephone it is: whoever plans the work of others."""
    return bool(by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM})


@transaction.atomic
def set_extension(*, extension: str, staff_id: int, by: Actor, at: datetime) -> Extension:
    """登记分机：calls that reach it reach this member of staff. Invalid when it is another's."""
    _managers_only(by)
    line = rules.extension(inputs.words(extension, field="extension", least=1, most=40))
    if not _EXTENSION.fullmatch(line):
        raise Invalid({"extension": "not_an_extension"}, CLAUSE)
    if staff_id not in people.active_staff():
        raise Invalid({"staff_id": "not_known"}, CLAUSE)
    row, made = Extension.objects.get_or_create(extension=line, defaults={"staff_id": staff_id})
    if row.staff_id != staff_id:
        raise Invalid({"extension": "extension_taken"}, CLAUSE)
    if made:
        log.append("call.extension_set", stream=staff_id, by=by, at=at, clause=CLAUSE,
                   staff=staff_id)  # fmt: skip
    return row


@transaction.atomic
def remove_extension(*, extension: str, by: Actor, at: datetime) -> None:
    """移除分机：it is nobody's."""
    _managers_only(by)
    row = Extension.objects.select_for_update().filter(extension=extension).first()
    if row is None:
        raise NotFound()
    log.append("call.extension_removed", stream=row.staff_id, by=by, at=at, clause=CLAUSE,
               staff=row.staff_id)  # fmt: skip
    row.delete()


def _managers_only(by: Actor) -> None:
    if not may_manage(by):
        raise NotPermitted(CLAUSE, action="set_extension")


def hold_line(*, source: str, holder: str, fault: str = "", at: datetime) -> bool:
    """Whether this process keeps the line to a telephone system: one at a time in the house.

    It is kept by asking again within TERM. `fault` is why there is no line now, "" while it stands.
    """
    Source.objects.get_or_create(name=source)
    mine = Q(holder=holder) | Q(holder="") | Q(until__isnull=True) | Q(until__lt=at)
    seen = F("seen_at") if fault else at
    rows = Source.objects.filter(mine, name=source)
    return bool(rows.update(holder=holder, until=at + TERM, fault=fault[:40], seen_at=seen))


def end_all_but(
    *, source: str, alive: Collection[str], since: datetime, by: Actor, at: datetime
) -> int:
    """While the line was down calls have ended unheard: those not `alive` are over.

    Only calls that had begun before `since`. Returns how many.
    """
    gone = queries.going_on_at(source, since).exclude(ref__in=set(alive))
    for call in gone:
        end = max(call.started_at, call.answered_at or call.started_at, call.heard_at)
        fact = Fact("ended", min(end, at), direction=call.direction, reason=rules.LOST)
        hear(source=source, ref=call.ref, fact=fact, by=by, at=at)
    return len(gone)


def forget(*, days: int, by: Actor, at: datetime) -> int:
    """Calls older than `days` go with their notes, except while a call is owed; how many went.

    What became a case is kept there, by the case's own rule (2.2.4). The log keeps that a call
    was, and nothing of whom.
    """
    Receipt.objects.filter(at__lt=at - KEPT).delete()
    count = 0
    while ids := queries.past_their_time(at - timedelta(days=days), AT_ONCE):
        with transaction.atomic():
            backs = CallBack.objects.filter(call_id__in=ids)
            Attempt.objects.filter(back_id__in=list(backs.values_list("id", flat=True))).delete()
            backs.delete()
            CallNote.objects.filter(call_id__in=ids).delete()
            Call.objects.filter(id__in=ids).delete()
            log.append("call.forgotten", stream=ids[0], by=by, at=at, clause="3.3", calls=len(ids))
        count += len(ids)
    return count
