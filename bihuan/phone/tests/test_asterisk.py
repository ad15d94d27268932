"""1.3: Asterisk's own words become the facts of calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bihuan.core.calls import Fact, Heard
from bihuan.phone.providers.asterisk import Asterisk
from bihuan.phone.rules.facts import stands
from bihuan.phone.tests.asterisk import channel, dial, event

PHONES = frozenset({"1001", "1002"})
CALLER = "13900002718"
EIGHT = datetime(2026, 2, 13, 8, tzinfo=UTC)
A = channel("1738912.4", "PJSIP/trunk-0000000b", "Ring", CALLER, "4001234567")
B = channel("1738912.5", "PJSIP/1001-0000000c", "Down", app="AppDial")
C = channel("1738912.6", "PJSIP/1002-0000000d", "Down", app="AppDial")
RECORDED = {
    "name": "calls/2026-02-13 1", "format": "wav", "state": "done", "duration": 84,
    "target_uri": f"channel:{A['id']}",
}  # fmt: skip
#: A call that rings at two telephones and is picked up at the second.
STORY = (
    event("ChannelCreated", 0, channel=A),
    event("ChannelDialplan", 0, channel=A, dialplan_app="Dial", dialplan_app_data=""),
    event("ChannelCreated", 1, channel=B),
    dial(1, "", A, B),
    dial(1, "", A, C),
    dial(2, "RINGING", A, B),
    event("ChannelStateChange", 2, channel=A | {"state": "Up"}),
    event("ChannelStateChange", 9, channel=C | {"state": "Up"}),
    dial(9, "ANSWER", A, C),
    dial(9, "CANCEL", A, B),
    event("ChannelDestroyed", 9, channel=B, cause=26, cause_txt="Answered elsewhere"),
    event("ChannelEnteredBridge", 10, channel=A, bridge={"id": "br-1", "channels": [A["id"]]}),
    event("ChannelHangupRequest", 90, channel=A, cause=16),
    event("StasisEnd", 90, channel=A),
    event("ChannelDestroyed", 90, channel=A, cause=16, cause_txt="Normal Clearing"),
    event("RecordingFinished", 92, recording=RECORDED),
)


def told(*events: dict[str, object]) -> list[Heard]:
    """What a line makes of these, without a wire."""
    plug = Asterisk(url="http://pbx.example.com", user="u", password="p", app="bihuan")
    return [heard for one in events for heard in plug.read(json.dumps(one), PHONES)]


def facts(*events: dict[str, object]) -> list[Fact]:
    return [heard.fact for heard in told(*events)]


def test_a_call_is_told_from_its_first_ring_to_its_recording():
    found = stands(facts(*STORY))

    assert {heard.ref for heard in told(*STORY)} == {A["id"]}
    assert (found.number, found.line, found.direction) == (CALLER, "4001234567", "in")
    assert (found.agent, found.rung) == ("1002", ("1001", "1002"))
    assert found.started_at == EIGHT
    assert found.answered_at == EIGHT + timedelta(seconds=9, milliseconds=125)
    assert found.ended_at == EIGHT + timedelta(seconds=90, milliseconds=125)
    assert found.outcome == "answered"
    place = "http://pbx.example.com/ari/recordings/stored/calls%2F2026-02-13%201/file"
    assert (found.recording, found.recorded_seconds) == (place, 84)


@pytest.mark.parametrize(
    ("ends", "outcome", "reason"),
    [
        ([event("ChannelDestroyed", 30, channel=A, cause=19, cause_txt="")], "missed", "no_answer"),
        ([event("ChannelDestroyed", 30, channel=A, cause=99, cause_txt="")], "missed", "cause_99"),
        (
            [
                event("ChannelHangupRequest", 30, channel=A, cause=16),
                event("ChannelDestroyed", 30, channel=A, cause=16, cause_txt=""),
            ],
            "abandoned",
            "caller_left",
        ),
        (
            [
                event("ChannelHangupRequest", 30, channel=A, cause=16, soft=True),
                event("ChannelDestroyed", 30, channel=A, cause=16, cause_txt=""),
            ],
            "missed",
            "hangup",
        ),
    ],
)
def test_a_machine_that_picks_up_is_nobody_and_who_hung_up_is_told_apart(
    ends: list[dict[str, object]], outcome: str, reason: str
):
    found = stands(facts(*STORY[:7], *ends))

    assert (found.outcome, found.reason, found.answered_at) == (outcome, reason, None)


def test_a_queue_that_goes_by_local_channels_is_the_same_call_and_no_other():
    first = channel("l.1", "Local/1001@agents-00000003;1", "Down", app="AppQueue")
    second = channel("l.2", "Local/1001@agents-00000003;2", "Ring", CALLER, "1001")

    found = told(
        event("ChannelCreated", 0, channel=A),
        event("ChannelCreated", 1, channel=second),
        dial(1, "", A, first),
        dial(2, "", second, B),
        dial(6, "ANSWER", second, B),
        event("ChannelDestroyed", 60, channel=second, cause=16, cause_txt=""),
    )

    assert {heard.ref for heard in found} == {A["id"]}
    assert stands([heard.fact for heard in found]).agent == "1001"
    assert stands([heard.fact for heard in found]).ended_at is None


def test_a_call_from_a_telephone_of_the_house_goes_out_and_one_between_two_is_none():
    own = channel("o.1", "PJSIP/1001-00000010", "Ring", "1001", CALLER)
    trunk = channel("o.2", "PJSIP/trunk-00000011", "Down", app="AppDial")

    found = stands(
        facts(
            event("ChannelCreated", 0, channel=own),
            dial(1, "", own, trunk),
            dial(8, "ANSWER", own, trunk),
        )
    )

    assert (found.direction, found.number, found.agent) == ("out", CALLER, "1001")
    assert (found.outcome, found.rung) == ("answered", ("1001",))
    inside = channel("i.1", "PJSIP/1001-00000012", "Ring", "1001", "1002")
    assert told(event("ChannelCreated", 0, channel=inside), dial(1, "", inside, C)) == []


def test_a_call_whose_beginning_was_missed_is_taken_up_where_it_is_heard_of():
    assert stands(facts(dial(9, "ANSWER", A, C))).agent == "1002"


@pytest.mark.parametrize(
    "message",
    [
        "", "[]", "null", "{", '{"type": 7}', '{"type": "Dial"}', '{"type": "SomethingNew"}',
        '{"type": "ChannelCreated", "channel": {"state": "Ring"}}',
        '{"type": "ChannelDestroyed", "channel": {"id": "9.9"}, "cause": 16}',
        '{"type": "RecordingFinished", "recording": {"target_uri": "bridge:none", "name": "x"}}',
        '{"type": "__init__"}',
    ],
)  # fmt: skip
def test_what_is_no_event_or_of_no_call_that_is_known_says_nothing(message: str):
    plug = Asterisk(url="http://pbx.example.com", user="u", password="p", app="bihuan")

    assert plug.read(message, PHONES) == []


def test_a_recording_of_the_conversation_is_of_the_call_in_it():
    recording = RECORDED | {"target_uri": "bridge:br-1", "name": "b"}
    found = told(*STORY[:12], event("RecordingFinished", 80, recording=recording))

    assert (found[-1].ref, found[-1].fact.event) == (A["id"], "recording")
