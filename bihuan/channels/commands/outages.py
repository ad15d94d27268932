"""停用预告: an administrator says that a channel will not work for a time, and why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.channels import queries
from bihuan.channels.models import Outage
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "6.4"
LONGEST = 90  # days: what lasts longer is a channel that is given up


@transaction.atomic
def announce_outage(
    *, channel: str, starts_at: datetime, ends_at: datetime, words: str, by: Actor, at: datetime
) -> Outage:
    """预告停用：from then until then, in words that people are shown.

    Invalid where it ends before it starts, is over already, lasts for months, or overlaps another.
    """
    queries.administrators_only(by, "announce_outage")
    inputs.one_of(channel, list(queries.channels_shown()), field="channel")
    said = inputs.words(words, field="words", most=200, least=4, lines=False)
    if ends_at <= starts_at:
        raise Invalid({"ends_at": "before_its_start"}, CLAUSE)
    if ends_at <= at:
        raise Invalid({"ends_at": "in_the_past_moment"}, CLAUSE)
    if (ends_at - starts_at).days >= LONGEST:
        raise Invalid({"ends_at": "too_far"}, CLAUSE)
    for other in queries.outages(at):
        if other.channel == channel and other.starts_at < ends_at and starts_at < other.ends_at:
            raise Invalid({"starts_at": "overlaps"}, CLAUSE)
    row = Outage.objects.create(
        id=new_id(at), channel=channel, starts_at=starts_at, ends_at=ends_at, words=said,
        by_id=by.id, made_at=at,
    )  # fmt: skip
    log.append(
        "channel.outage_announced", stream=row.id, by=by, at=at, clause=CLAUSE, channel=channel,
        outage=row.id, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(),
    )  # fmt: skip
    return row


@transaction.atomic
def take_back_outage(*, id: int, by: Actor, at: datetime) -> Outage:
    """收回预告：people are not shown it any more. NotPossible once it is over, or a second time."""
    queries.administrators_only(by, "take_back_outage")
    row = queries.locked_outage(id)
    if row.taken_back_at or row.ends_at <= at:
        state = "outage_taken_back" if row.taken_back_at else "outage_over"
        raise NotPossible(CLAUSE, state=state, action="take_back_outage")
    row.taken_back_at = at
    row.save(update_fields=["taken_back_at"])
    log.append(
        "channel.outage_taken_back", stream=row.id, by=by, at=at, clause=CLAUSE,
        channel=row.channel, outage=row.id,
    )  # fmt: skip
    return row
