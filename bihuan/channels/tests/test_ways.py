"""What works is shown first, what is not configured not at all, and announcements before faults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.tests.people import House
from bihuan.channels import commands, queries, shown, tasks
from bihuan.channels.commands import ContactGiven
from bihuan.channels.models import Rated
from bihuan.core.actors import Actor
from bihuan.core.ports import Standing
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.counter.tests.points import MONDAY, administrator
from bihuan.events.models import Event

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = dict.fromkeys(range(1, 6), "09:00-18:00")
HOTLINE = ContactGiven(address="400-123-4567", hours=OFFICE)
DEAD = Standing("phone", failing_since=MONDAY, reason="no_line")


@pytest.fixture
def keeper(home: House) -> Actor:
    return administrator()


def set_phone(by: Actor, given: ContactGiven = HOTLINE, at: Any = MONDAY) -> None:
    commands.set_contact(channel="phone", given=given, by=by, at=at)


def states(at: Any = MONDAY) -> list[tuple[str, str]]:
    return [(way.channel, way.state) for way in queries.ways(at)]


def test_x_26_a_telephone_without_a_number_is_not_shown_and_no_mail_nobody_takes(
    home: House, said: dict[str, Standing]
):
    said["phone"] = Standing("phone", alive_at=MONDAY)

    assert states() == [("web", "open")]


def test_6_4_a_dead_channel_stands_last_and_what_works_first(
    keeper: Actor, said: dict[str, Standing]
):
    set_phone(keeper)
    said["phone"] = Standing("phone", alive_at=MONDAY)
    said["email"] = Standing("email", always=True)
    assert states() == [("phone", "open"), ("web", "open"), ("email", "open")]

    said["phone"] = DEAD
    assert states() == [("web", "open"), ("email", "open"), ("phone", "down")]
    tasks.watch(MONDAY)  # and the same of what the watch has kept
    said["phone"] = Standing("phone", alive_at=MONDAY)
    assert states(MONDAY + MINUTE) == [("web", "open"), ("email", "open"), ("phone", "down")]
    # nobody has looked since: the channels are asked themselves
    assert states(MONDAY + HOUR)[0] == ("phone", "open")


def test_a_page_that_shows_the_watched_ways_asks_four_times(
    keeper: Actor, said: dict[str, Standing], django_assert_num_queries: Any
):
    set_phone(keeper)
    said["phone"] = Standing("phone", alive_at=MONDAY)
    said["email"] = Standing("email", always=True)
    tasks.watch(MONDAY)
    queries.ways(MONDAY)  # the calendar of the handbook stays in memory

    with django_assert_num_queries(4):
        assert len(shown.cards(queries.ways(MONDAY + MINUTE), MONDAY + MINUTE)) == 3


def test_its_hours_are_those_that_were_published(keeper: Actor, said: dict[str, Standing]):
    set_phone(keeper)
    evening = MONDAY + 11 * HOUR

    [web, phone] = queries.ways(evening)

    assert (web.channel, phone.channel, phone.state) == ("web", "phone", "shut")
    assert phone.opens_at == MONDAY + 24 * HOUR
    assert phone.works


def test_an_announced_outage_is_shown_while_it_lasts_until_it_is_taken_back(
    keeper: Actor, said: dict[str, Standing]
):
    set_phone(keeper)
    row = commands.announce_outage(
        channel="phone", starts_at=MONDAY + HOUR, ends_at=MONDAY + 3 * HOUR,
        words="线路检修，请用在线方式", by=keeper, at=MONDAY,
    )  # fmt: skip
    [now, _] = queries.ways(MONDAY)
    assert (now.state, now.next_outage) == ("open", row)
    said["phone"] = DEAD
    assert states(MONDAY + 2 * HOUR) == [("web", "open"), ("phone", "planned")]

    commands.take_back_outage(id=row.id, by=keeper, at=MONDAY + 2 * HOUR)

    assert states(MONDAY + 2 * HOUR) == [("web", "open"), ("phone", "down")]
    with pytest.raises(NotPossible):
        commands.take_back_outage(id=row.id, by=keeper, at=MONDAY + 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "words", "field"),
    [
        (2, 1, "线路检修", "ends_at"),
        (-3, -1, "线路检修", "ends_at"),
        (0, 24 * 120, "线路检修", "ends_at"),
        (0, 1, "修", "words"),
        (2, 6, "线路检修", "starts_at"),
    ],
)
def test_an_outage_that_cannot_be_meant_is_refused_at_its_field(
    keeper: Actor, start: int, end: int, words: str, field: str
):
    times = {"starts_at": MONDAY + 5 * HOUR, "ends_at": MONDAY + 7 * HOUR}
    who: dict[str, Any] = {"by": keeper, "at": MONDAY}
    commands.announce_outage(channel="phone", words="已有一次", **times, **who)

    with pytest.raises(Invalid) as refused:
        commands.announce_outage(
            channel="phone", starts_at=MONDAY + start * HOUR, ends_at=MONDAY + end * HOUR,
            words=words, **who,
        )  # fmt: skip

    assert set(refused.value.fields) == {field}


def test_contact_data_has_versions_and_the_one_before_comes_back(keeper: Actor):
    set_phone(keeper)
    set_phone(keeper)  # the same again changes nothing
    set_phone(keeper, ContactGiven(address="95188"), at=MONDAY + HOUR)
    assert queries.published()["phone"].address == "95188"

    commands.take_back_contact(channel="phone", by=keeper, at=MONDAY + HOUR)

    assert queries.published()["phone"].address == "400-123-4567"
    commands.take_back_contact(channel="phone", by=keeper, at=MONDAY + HOUR)
    assert "phone" not in queries.published()
    with pytest.raises(NotPossible):
        commands.take_back_contact(channel="phone", by=keeper, at=MONDAY + HOUR)
    kinds = [one.kind for one in Event.objects.filter(kind__startswith="channel.")]
    assert sorted(kinds) == ["channel.contact_set"] * 2 + ["channel.contact_taken_back"] * 2


def test_what_cannot_be_dialled_or_opened_is_refused_at_its_field(keeper: Actor):
    wrong = ContactGiven(address="客服", hours={1: "上午"})
    account = ContactGiven(address="优选商城服务", link="weixin:优选")

    with pytest.raises(Invalid) as phone:
        set_phone(keeper, wrong)
    with pytest.raises(Invalid) as wechat:
        commands.set_contact(channel="wechat", given=account, by=keeper, at=MONDAY)

    assert phone.value.fields == {"address": "not_dialled", "hours_1": "not_hours"}
    assert wechat.value.fields == {"link": "not_a_link"}


def test_only_an_administrator_changes_what_people_are_told(home: House):
    with pytest.raises(NotPermitted):
        set_phone(home.chen)
    with pytest.raises(NotFound):
        set_phone(home.ai_li)


def test_satisfaction_is_of_the_last_ninety_days_by_the_channel_of_the_case(
    home: House, said: dict[str, Standing]
):
    for n in range(12):
        Rated.objects.create(
            case_id=n + 1, round=1, channel="web", rated_at=MONDAY - timedelta(days=10 * n),
            satisfied=n % 2 == 0,
        )  # fmt: skip

    tasks.watch(MONDAY)

    [web] = queries.ways(MONDAY)
    assert (web.answers, web.satisfied) == (10, 5)
