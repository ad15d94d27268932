"""How each way out stands: whether what waits is sent, and when it last was (2.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, Min, Q

from bihuan.core.ports import Standing
from bihuan.notify import rules, wires
from bihuan.notify.models import Message
from bihuan.web.counted import counted

STUCK = timedelta(minutes=5)  # a queue is looked at every few seconds
TRIED = 3  # in vain, which takes a minute and a half: one refusal is no sign


def inbox(at: datetime) -> Standing | None:
    """In the app."""
    return _stands(rules.INBOX, at)


def email(at: datetime) -> Standing | None:
    """By mail."""
    return _stands(rules.EMAIL, at)


def sms(at: datetime) -> Standing | None:
    """By text message."""
    return _stands(rules.SMS, at)


def wechat(at: datetime) -> Standing | None:
    """From the official account."""
    return _stands(rules.WECHAT, at)


def push(at: datetime) -> Standing | None:
    """To the app, by its supplier."""
    return _stands(rules.PUSH, at)


def _stands(channel: str, at: datetime) -> Standing | None:
    """None where the house has no such way. It fails since the oldest try that nothing followed."""
    if channel not in wires.channels():
        return None
    queued = Message.objects.filter(channel=channel, state="queued")
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    found = queued.aggregate(
        stuck=Min("next_try_at", filter=free & Q(next_try_at__lte=at - STUCK)),
        trying=Min("created_at", filter=Q(tries__gte=TRIED)),
    )
    sent = _last_sent(channel, at)
    stuck, trying = found["stuck"], found["trying"]
    if trying and sent and sent > trying:
        trying = None  # others arrived since: it is that message, not the way
    reason = "not_sent" if stuck else "refused" if trying else ""
    return Standing(
        channel, outward=True, alive_at=sent, failing_since=stuck or trying, reason=reason,
        waiting=counted(queued, 1000), always=True,
    )  # fmt: skip


def _last_sent(channel: str, at: datetime) -> datetime | None:
    """None for the app, which has no index for it and is told within a second."""
    if channel == rules.INBOX:
        return None
    sent = Message.objects.filter(channel=channel, sent_at__lte=at)
    found: datetime | None = sent.aggregate(at=Max("sent_at"))["at"]
    return found
