"""The ways to reach the demo's house: a hotline, an account, outages past and one to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from bihuan.channels import commands, tasks
from bihuan.channels.commands import ContactGiven
from bihuan.channels.queries import HEARS
from bihuan.core.clocks import SHANGHAI
from bihuan.core.ports import Standing
from bihuan.demo.cast import Cast
from bihuan.events import relay
from bihuan.notify import commands as notify
from bihuan.notify import queries
from bihuan.notify import tasks as notices

EVERY_DAY = range(1, 8)
CONTACTS = {
    "phone": ContactGiven(
        address="400-123-4567", hours=dict.fromkeys(EVERY_DAY, "08:00-22:00")
    ),
    "wechat": ContactGiven(
        address="优选商城服务号", link="https://weixin.example.com/r/demo",
        hours=dict.fromkeys(EVERY_DAY, "09:00-21:00"),
    ),
    "app": ContactGiven(address="优选商城 APP → 我的 → 客服中心"),
}  # fmt: skip
WATCHED = timedelta(days=88)
#: before the end, how long it lasted, what was silent and why
SILENT = (
    (timedelta(days=61), timedelta(minutes=95), "phone", "no_line"),
    (timedelta(days=19), timedelta(minutes=42), "phone", "no_line"),
    (timedelta(days=8), timedelta(minutes=17), "email", "not_listening"),
)
ALARM = timedelta(minutes=4)
EVERYTHING = 10_000  # messages of one reader
INWARD = ("web", "phone", "email", "counter")
OUTWARD = ("inbox", "email", "sms")


def publish(cast: Cast, at: datetime) -> None:
    """Contact data, before the first letter that ends with it."""
    for channel, given in CONTACTS.items():
        commands.set_contact(channel=channel, given=given, by=cast.by_login["anran"], at=at)


def open_the_ways(cast: Cast, at: datetime) -> None:
    """Three months that were watched with their silences, and one night announced."""
    _look(at - WATCHED)
    for before, lasted, channel, reason in SILENT:
        since = at - before
        dead = Standing(channel, failing_since=since, reason=reason)
        for moment, silent in ((since + ALARM, [dead]), (since + lasted, [])):
            _look(moment, *silent)
            _read(cast, moment)
    _look(at - timedelta(minutes=1))
    relay.drain(at)
    tasks.watch(at)
    night = datetime.combine(at.astimezone(SHANGHAI).date(), time(1), SHANGHAI)
    commands.announce_outage(
        channel="wechat", words="公众号系统升级，请用电话或在网上提交",
        starts_at=night + timedelta(days=3), ends_at=night + timedelta(days=3, hours=4),
        by=cast.by_login["anran"], at=at - timedelta(hours=5),
    )  # fmt: skip


def _read(cast: Cast, at: datetime) -> None:
    """Whoever was told of it has looked, within the hour."""
    for one in cast.staff.values():
        told = queries.for_staff(one, most=EVERYTHING) if one.roles & HEARS else []
        for note in told:
            if note.unread and note.at == at:
                notify.mark_read(message_id=note.id, by=one, at=at + timedelta(hours=1))


def _look(at: datetime, *dead: Standing) -> None:
    """Everything lives but these; whoever is to hear of it does."""
    silent = {one.channel: one for one in dead}
    alive = Standing("", alive_at=at, always=True)
    found = [silent.get(id) or replace(alive, channel=id) for id in INWARD]
    found += [replace(alive, channel=id, outward=True) for id in OUTWARD]
    commands.note_standings(found=found, unbroken=True, at=at)
    notices.send_at("inbox", at)
    notices.send_at("email", at)
