"""What was seen of the channels: one that falls silent alarms staff once, and is told of when back.

The log says each silence and its end; `Silence` keeps both for the figures (6.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from bihuan.accounts import queries as people
from bihuan.channels import queries, rules
from bihuan.channels.models import Seen, Silence
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Standing
from bihuan.events import log
from bihuan.notify import commands as notify
from bihuan.notify.commands import Telling
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.store.blocks import new_id
from bihuan.web.words import moment_words, span_words

CLAUSE = "6.4"
SILENT, BACK = "channel_silent", "channel_back"
PAGE = "/desk/channels/"
HOUSE_LOCALE = "zh-hans"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('channels.watch'))"
_STANDING = (
    "alive_at", "reason", "open_now", "opens_at", "always", "wait_seconds", "waiting",
)  # fmt: skip


@transaction.atomic
def note_standings(
    *, found: Sequence[Standing], whole: bool = True, unbroken: bool = False, at: datetime
) -> int:
    """How every channel stands at this moment; how many fell silent, came back, or went away.

    `whole`: nobody failed to say, so a channel that is missing is not configured any more.
    `unbroken`: it was watched since the last look, however long ago that is, as in a played past.
    """
    statements.run(_LOCK)
    rows = {(row.channel, row.outward): row for row in Seen.objects.all()}
    if not unbroken:
        _note_gap([row for row in rows.values() if not row.gone_at], at)
    news = 0
    for place, standing in enumerate(found):
        row = rows.pop((standing.channel, standing.outward), None) or _first(standing, at)
        news += _note(row, standing, place, at)
    for row in rows.values():
        if whole and not row.gone_at:
            news += _end(row, "not_configured", at)
            row.gone_at = at
            row.save()
    return news


def _first(standing: Standing, at: datetime) -> Seen:
    return Seen(id=new_id(at), channel=standing.channel, outward=standing.outward, watched_since=at)


def _note_gap(rows: Sequence[Seen], at: datetime) -> None:
    """A time in which nobody looked counts neither as silence nor as life."""
    last = max((row.seen_at for row in rows), default=at)
    if at - last > rules.BLINK:
        Silence.objects.create(id=new_id(at), reason="nobody_looked", began_at=last, ended_at=at)


def _note(row: Seen, standing: Standing, place: int, at: datetime) -> int:
    if row.gone_at:
        row.gone_at, row.watched_since = None, at
    for name in _STANDING:
        setattr(row, name, getattr(standing, name))
    row.place, row.seen_at = place, at
    if standing.failing_since is None:
        news = _end(row, "", at)
    else:
        row.failing_since = min(row.failing_since or at, standing.failing_since)
        news = _alarm(row, at)
    row.save()
    return news


def _alarm(row: Seen, at: datetime) -> int:
    """Not of what is over in a moment; once, and at most once in the pause."""
    assert row.failing_since is not None
    patience = timedelta(minutes=policy.default("channel_alarm", at))
    began = row.silent_since is None and rules.is_silent(row.failing_since, at, patience)
    if began:
        row.silent_since = row.failing_since
        Silence.objects.create(
            id=new_id(at), channel=row.channel, outward=row.outward, reason=row.reason,
            began_at=row.failing_since,
        )  # fmt: skip
    heard = row.told_at is not None and row.silent_since and row.told_at >= row.silent_since
    pause = timedelta(minutes=policy.default("channel_alarm_pause", at))
    tells = bool(row.silent_since and not heard and rules.is_told_again(row.told_at, at, pause))
    if began:
        log.append(
            "channel.silent", stream=row.id, by=SYSTEM, at=at, clause=CLAUSE, channel=row.channel,
            outward=row.outward, failing_since=row.failing_since.isoformat(),
            reason_code=row.reason, told=tells,
        )  # fmt: skip
    if tells:
        row.told_at = at
        _tell(SILENT, row, {"since": moment_words(row.failing_since, at)}, at)
    return int(began)


def _end(row: Seen, reason: str, at: datetime) -> int:
    """It works again, or is not there any more; whoever heard of its silence hears of its end."""
    since, row.failing_since, row.silent_since = row.silent_since, None, None
    if since is None:
        return 0
    Silence.objects.filter(channel=row.channel, outward=row.outward, ended_at=None).update(
        ended_at=at
    )
    heard = row.told_at is not None and row.told_at >= since
    log.append(
        "channel.back", stream=row.id, by=SYSTEM, at=at, clause=CLAUSE, channel=row.channel,
        outward=row.outward, failing_since=since.isoformat(), reason_code=reason,
        seconds=int((at - since).total_seconds()), told=heard,
    )  # fmt: skip
    if heard:
        _tell(BACK, row, {"lasted": span_words(at - since)}, at)
    return 1


def _tell(template: str, row: Seen, facts: dict[str, str], at: datetime) -> None:
    """Administrators and supervisors, by mail too; where the handbook in force has the words."""
    if template not in policy.current(at).notices:
        return
    with translation.override(HOUSE_LOCALE):
        name = queries.name(row.channel, at)
        name += translation.gettext("（发出）") if row.outward else ""
    said = facts | {"channel": name, "link": settings.BASE_URL + PAGE}
    notify.tell_all(told_to(template, f"{row.id}:{int(at.timestamp())}", said, at))


def told_to(template: str, key: str, facts: dict[str, str], at: datetime) -> list[Telling]:
    """One telling for each administrator and supervisor."""
    return [
        Telling(
            template=template, key=f"{key}:{template}:s{one.id}", facts=facts, at=at,
            staff_id=one.id, channels=("inbox", "email"),
        )
        for one in people.everybody()
        if one.roles & queries.HEARS
    ]  # fmt: skip
