"""What people said of the cases that came each way, kept by channel so that it can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from bihuan.cases import queries as cases
from bihuan.channels import rules
from bihuan.channels.models import Opinion, Rated, Tally
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.policy import queries as policy

ANEW = timedelta(minutes=30)


def note_ratings(events: Sequence[Event]) -> None:
    """Each of a case or of a chat once, however often it is heard of."""
    rows = cases.visible(SYSTEM).filter(id__in={event.stream for event in events})
    channel = dict(rows.values_list("id", "channel"))
    found = [
        Rated(
            case_id=event.stream, round=event.data["round"], channel=channel[event.stream],
            rated_at=event.at, satisfied=rules.is_satisfied(event.data["scores"]),
        )
        for event in events
        if event.stream in channel and event.data.get("scores")
    ]  # fmt: skip
    found += [
        Rated(
            case_id=event.stream, round=event.seq, channel="chat", rated_at=event.at,
            satisfied=rules.is_satisfied({"chat": event.data["score"]}),
        )
        for event in events
        if event.kind == "chat.rated"
    ]  # fmt: skip
    Rated.objects.bulk_create(found, ignore_conflicts=True)


@transaction.atomic
def count_answers(*, at: datetime) -> int:
    """Every half hour, the answers of the last days by channel; how many channels were counted."""
    if Tally.objects.filter(counted_at__gt=at - ANEW).exists():
        return 0
    since = at - timedelta(days=policy.default("channel_answers_days", at))
    answers = Rated.objects.filter(rated_at__gte=since, rated_at__lte=at).order_by()
    good = Count("case_id", filter=Q(satisfied=True))
    counted = answers.values_list("channel").annotate(n=Count("case_id"), good=good)
    found = {channel: (n, satisfied) for channel, n, satisfied in counted}
    for channel in rules.SHOWN:
        n, satisfied = found.get(channel, (0, 0))
        values = {"answers": n, "satisfied": satisfied, "counted_at": at}
        Tally.objects.update_or_create(channel=channel, defaults=values)
    return len(rules.SHOWN)


def note_opinion(*, case_id: int, channel: str, at: datetime) -> None:
    """What somebody wrote of a channel is a case; here stands of which. Once a case."""
    if channel in rules.SHOWN:
        Opinion.objects.get_or_create(case_id=case_id, defaults={"channel": channel, "said_at": at})
