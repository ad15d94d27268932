"""A channel that falls silent alarms once, its end is told, and what nobody saw is no figure."""

from __future__ import annotations

from datetime import timedelta

from bihuan.cases.tests.people import House
from bihuan.channels import queries, tasks
from bihuan.channels.models import Seen, Silence
from bihuan.core.ports import Standing
from bihuan.counter.tests.points import MONDAY, administrator
from bihuan.events.models import Event
from bihuan.notify.models import Message

MINUTE = timedelta(minutes=1)
WORKS = Standing("phone", alive_at=MONDAY)
DEAD = Standing("phone", failing_since=MONDAY, reason="no_line")


def watch(minutes: float) -> None:
    tasks.watch(MONDAY + minutes * MINUTE)


def told(template: str) -> list[int]:
    rows = Message.objects.filter(template=template, channel="inbox").order_by("staff_id")
    return list(rows.values_list("staff_id", flat=True))


def log_of(channel: str) -> list[str]:
    row = Seen.objects.get(channel=channel, outward=False)
    return list(Event.objects.filter(stream=row.id).order_by("seq").values_list("kind", flat=True))


def test_6_4_a_dead_channel_alarms_once_and_its_end_is_told_to_the_same(
    home: House, said: dict[str, Standing]
):
    keeper = administrator()
    said["phone"] = DEAD
    for minutes in (0, 1, 2):
        watch(minutes)
    assert told("channel_silent") == []  # it may be over in a moment

    for minutes in (3, 4, 60, 120):
        watch(minutes)
    heard = [home.chen.id, keeper.id]
    assert told("channel_silent") == sorted(heard)
    assert told("channel_back") == []

    said["phone"] = WORKS
    watch(121)
    watch(122)
    assert told("channel_back") == sorted(heard)
    assert log_of("phone") == ["channel.silent", "channel.back"]
    [silence] = Silence.objects.filter(channel="phone")
    assert (silence.began_at, silence.ended_at) == (MONDAY, MONDAY + 121 * MINUTE)
    assert "电话客服" in Message.objects.filter(template="channel_silent")[0].body


def test_a_channel_that_comes_and_goes_is_told_of_once_in_an_hour_and_logged_each_time(
    home: House, said: dict[str, Standing]
):
    said["phone"] = DEAD
    watch(3)
    for minutes in (6, 16, 26):
        said["phone"] = WORKS
        watch(minutes)
        said["phone"] = Standing("phone", failing_since=MONDAY + (minutes + 1) * MINUTE)
        watch(minutes + 5)

    assert len(told("channel_silent")) == 1
    assert log_of("phone").count("channel.silent") == 4

    watch(64)  # it is silent still, and an hour has passed
    assert len(told("channel_silent")) == 2


def test_a_fault_of_one_room_blinds_nobody_to_the_others(home: House, said: dict[str, Standing]):
    said["phone"] = WORKS
    watch(0)
    said["broken"] = DEAD
    said["phone"] = DEAD
    said["email"] = Standing("email", always=True, alive_at=MONDAY)
    watch(4)

    del said["email"]
    watch(5)  # nobody can tell whether it is still configured
    assert {row.channel for row in queries.seen()} == {"web", "phone", "email"}
    assert Seen.objects.get(channel="phone").silent_since == MONDAY

    del said["broken"]
    watch(6)
    assert {row.channel for row in queries.seen()} == {"web", "phone"}


def test_what_nobody_watched_is_kept_as_such(home: House, said: dict[str, Standing]):
    watch(0)
    watch(1)
    watch(50)

    [gap] = Silence.objects.all()
    assert (gap.channel, gap.began_at, gap.ended_at) == ("", MONDAY + MINUTE, MONDAY + 50 * MINUTE)
    assert queries.is_watched(MONDAY + 51 * MINUTE)
    assert not queries.is_watched(MONDAY + 56 * MINUTE)
