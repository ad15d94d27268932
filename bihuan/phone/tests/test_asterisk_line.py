"""1.3: the line to Asterisk: its password, its breaks, and one listener in the house."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.calls import Heard
from bihuan.phone import commands, queries
from bihuan.phone.models import Call
from bihuan.phone.providers import Lost, Refused
from bihuan.phone.providers.asterisk import Asterisk
from bihuan.phone.tasks import Listener
from bihuan.phone.tests import asterisk
from bihuan.phone.tests.asterisk import PASSWORD, USER, Exchange, channel, event
from bihuan.phone.tests.test_asterisk import EIGHT, PHONES, STORY, A, B

OTHER = "1738912.7"


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with asterisk.running() as found:
        yield found


def line(exchange: Exchange, password: str = PASSWORD) -> Asterisk:
    return Asterisk(url=exchange.url, user=USER, password=password, app="bihuan", timeout=3)


def test_over_the_wire_with_its_password_its_ping_and_what_stands_in_the_application(
    exchange: Exchange,
):
    exchange.channels = [A, B]
    plug = line(exchange)

    going_on, alive = plug.connect(PHONES)
    exchange.say(event("StasisStart", 0, channel=A, args=[]), *STORY[3:9])
    exchange.ping()

    assert [heard.fact.event for heard in going_on] == ["started"]
    assert alive == {A["id"], B["id"]}
    found: list[Heard] = []
    while len(found) < 5:
        found += plug.heard(2, PHONES)
    assert [heard.fact.event for heard in found][-2:] == ["answered", "answered"]
    assert exchange.answered() == 0xA  # a pong, masked
    assert exchange.asked[0] == "GET /ari/events?app=bihuan&subscribeAll=true"
    assert f"POST /ari/channels/{A['id']}/continue" in exchange.asked
    plug.close()


def test_a_wrong_password_is_refused_and_nobody_there_is_no_answer(exchange: Exchange):
    with pytest.raises(Refused):
        line(exchange, "wrong").connect(PHONES)
    nobody = Asterisk(url="http://127.0.0.1:9", user="u", password="p", app="bihuan", timeout=1)
    with pytest.raises(OSError, match=r".*") as no:
        nobody.connect(PHONES)
    assert not isinstance(no.value, Refused)


def test_a_line_that_breaks_or_goes_to_another_says_so(exchange: Exchange):
    plug = line(exchange)
    plug.connect(PHONES)
    exchange.cut()
    with pytest.raises(Lost, match="lost"):
        plug.heard(2, PHONES)

    plug.connect(PHONES)
    exchange.say(event("ApplicationReplaced", 1))
    with pytest.raises(Lost, match="replaced"):
        plug.heard(2, PHONES)
    plug.close()


@pytest.fixture
def home(db: None, settings: LazySettings, exchange: Exchange) -> House:
    settings.PHONE = replace(
        settings.PHONE, ari_url=exchange.url, ari_user=USER, ari_password=PASSWORD,
        recordings=(exchange.url,),
    )  # fmt: skip
    found = people.house()
    for extension, who in (("1001", found.bo_bo), ("1002", found.other_agent)):
        commands.set_extension(extension=extension, staff_id=who.id, by=found.chen, at=EIGHT)
    return found


def listen(listener: Listener, second: float, until: int = 1) -> int:
    """Looks until so much was heard, as the worker does."""
    count = 0
    for _ in range(100):
        count += listener.listen(EIGHT + timedelta(seconds=second), wait=0.05)
        if count >= until:
            break
    return count


def test_what_asterisk_says_is_a_call_of_the_house(home: House, exchange: Exchange):
    listener = Listener()
    listener.listen(EIGHT, wait=0.05)
    exchange.say(*STORY)

    listen(listener, 95, until=8)

    call = Call.objects.get()
    assert (call.source, call.ref, call.outcome) == ("asterisk", A["id"], "answered")
    assert (call.agent_id, call.person_id) == (home.other_agent.id, home.ai_li.id)
    assert call.rung == sorted([home.bo_bo.id, home.other_agent.id])
    assert call.has_recording
    listener.hang_up()


def test_after_a_break_the_line_is_taken_up_and_what_ended_meanwhile_is_over(
    home: House, exchange: Exchange
):
    listener = Listener()
    listener.listen(EIGHT, wait=0.05)
    other = channel(OTHER, "PJSIP/trunk-0000000e", "Ring", "13877776666", "4001234567")
    exchange.say(event("ChannelCreated", 0, channel=A), event("ChannelCreated", 1, channel=other))
    assert listen(listener, 5, until=2) == 2

    exchange.channels = [other]
    exchange.cut()
    while listener.line is not None:
        listener.listen(EIGHT + timedelta(seconds=10), wait=0.05)
    [beat] = queries.heartbeats(home.bo_bo)
    assert beat.fault == "lost"
    listener.again = time.monotonic()  # the wait is over
    listen(listener, 20)

    assert Call.objects.get(ref=A["id"]).ended_at is not None
    assert Call.objects.get(ref=OTHER).ended_at is None
    [beat] = queries.heartbeats(home.bo_bo)
    assert beat.fault == ""
    listener.hang_up()


@pytest.mark.parametrize(("phone", "outcome"), [("Up", "answered"), ("Ringing", "missed")])
def test_who_was_picked_up_during_the_break_was_not_missed(
    home: House, exchange: Exchange, phone: str, outcome: str
):
    listener = Listener()
    listener.listen(EIGHT, wait=0.05)
    exchange.say(event("ChannelCreated", 0, channel=A))
    assert listen(listener, 5) == 1
    exchange.cut()
    while listener.line is not None:
        listener.listen(EIGHT + timedelta(seconds=10), wait=0.05)
    exchange.channels = [A | {"state": "Up"}, B | {"state": phone}]
    picked_up = "2026-02-13T08:00:12.000+0000"
    exchange.bridges = [
        {"id": "holding", "channels": [OTHER], "creationtime": picked_up},
        {"id": "talk", "channels": [A["id"], B["id"]], "creationtime": picked_up},
    ]

    listener.again = time.monotonic()
    listen(listener, 20)
    exchange.say(event("ChannelDestroyed", 40, channel=A, cause=16, cause_txt="Normal Clearing"))
    listen(listener, 41)

    call = Call.objects.get()
    assert call.outcome == outcome
    if outcome == "answered":
        assert (call.answered_at, call.agent_id) == (
            EIGHT + timedelta(seconds=12), home.bo_bo.id,
        )  # fmt: skip
    listener.hang_up()


def test_a_wrong_password_is_told_on_the_page_and_not_tried_every_second(
    home: House, exchange: Exchange, settings: LazySettings
):
    settings.PHONE = replace(settings.PHONE, ari_password="wrong")
    listener = Listener()

    for _ in range(5):
        assert listener.listen(EIGHT, wait=0.05) == 0

    assert exchange.asked == []
    assert listener.again > time.monotonic() + 50
    assert [beat.fault for beat in queries.heartbeats(home.bo_bo)] == ["refused"]


def test_each_failure_waits_longer_than_the_last_up_to_a_minute(
    home: House, settings: LazySettings
):
    settings.PHONE = replace(settings.PHONE, ari_url="http://127.0.0.1:9")
    listener, waits = Listener(), []

    for _ in range(8):
        listener.again = 0.0
        listener.listen(EIGHT, wait=0.05)
        waits.append(round(listener.again - time.monotonic()))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_of_two_processes_one_listens(home: House, exchange: Exchange):
    first, second = Listener(), Listener()

    first.listen(EIGHT, wait=0.05)
    second.listen(EIGHT, wait=0.05)

    assert (first.line is None, second.line is None) == (False, True)
    assert len(exchange.lines) == 1
    first.hang_up()


def test_an_event_that_cannot_be_does_not_end_the_line(home: House, exchange: Exchange):
    listener = Listener()
    listener.listen(EIGHT, wait=0.05)
    late = event("ChannelCreated", 0, channel=A | {"creationtime": "2126-02-13T08:00:00.000+0000"})
    other = channel(OTHER, "PJSIP/trunk-0000000e", "Ring", "13877776666", "4001234567")
    exchange.say(late, event("ChannelCreated", 1, channel=other))

    listen(listener, 5, until=2)

    assert list(Call.objects.values_list("ref", flat=True)) == [OTHER]
    assert listener.line is not None
    listener.hang_up()
