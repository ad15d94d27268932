"""1.3: whatever order a telephone system speaks in, the call stands the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.phone.rules import facts as rules
from bihuan.phone.rules.facts import Fact, kept, read, stands
from bihuan.phone.tests.exchange import AI_LI, HOTLINE, at, fact

STORY = [
    fact("started", 0, agent="1001"),
    fact("started", 1, agent="1002"),
    fact("answered", 8, agent="1002"),
    fact("ended", 95, seconds=95, reason="hangup"),
    fact("recording", 99, recording="https://pbx.example.com/a.wav", seconds=87),
]
told = st.lists(st.sampled_from(STORY), min_size=1, max_size=9)


@given(st.permutations([*STORY, *STORY[1:4]]))
def test_in_every_order_and_said_twice_it_is_the_same_call(order: list[Fact]):
    assert stands(order) == stands(STORY)


@given(told, told)
def test_what_is_kept_of_a_part_and_the_rest_heard_later_come_to_the_same(
    first: list[Fact], rest: list[Fact]
):
    assert stands([*read(kept(first)), *rest]) == stands([*rest, *first])


def test_the_story_is_told_by_all_of_it():
    found = stands(STORY)

    assert (found.number, found.line, found.direction) == (AI_LI, HOTLINE, "in")
    assert (found.agent, found.rung) == ("1002", ("1001", "1002"))
    assert (found.started_at, found.answered_at, found.ended_at) == (at(0), at(8), at(95))
    assert (found.outcome, found.reason) == ("answered", "hangup")
    assert (found.recording, found.recorded_seconds) == ("https://pbx.example.com/a.wav", 87)


@pytest.mark.parametrize(
    ("story", "outcome"),
    [
        ([fact("started")], ""),
        ([fact("started"), fact("ended", 9)], "missed"),
        ([fact("started"), fact("ended", 9, reason="caller_left")], "abandoned"),
        ([fact("started"), fact("ended", 9, reason="voicemail")], "voicemail"),
        ([fact("ended", 9), fact("recording", 12, recording="https://x/y")], "voicemail"),
        ([fact("answered", 3)], "answered"),
        ([fact("started", direction="out"), fact("ended", 9, direction="out")], "unreached"),
    ],
)
def test_what_became_of_a_call(story: list[Fact], outcome: str):
    assert stands(story).outcome == outcome


def test_a_call_of_which_only_the_end_was_heard_began_as_long_before_as_it_says():
    assert stands([fact("ended", 60, seconds=45)]).started_at == at(15)


def test_a_call_handed_on_is_with_whoever_answered_last_and_was_answered_at_first():
    found = stands([fact("answered", 8, agent="1001"), fact("answered", 40, agent="1002")])

    assert (found.agent, found.answered_at) == ("1002", at(8))


def test_of_a_call_from_the_house_the_other_side_is_whom_it_calls():
    out = {"number_from": "1001", "number_to": AI_LI, "direction": "out", "agent": "1001"}
    found = stands([fact("started", **out)])

    assert (found.number, found.line, found.agent) == (AI_LI, "1001", "1001")


@pytest.mark.parametrize(
    ("endpoint", "extension"),
    [
        ("1001", "1001"),
        ("PJSIP/1001", "1001"),
        ("PJSIP/1001-0000002a", "1001"),
        ("SIP/ann.w-00000001", "ann.w"),
        ("", ""),
        ("PJSIP/", ""),
        ("a b", ""),
    ],
)
def test_an_extension_is_what_stands_in_its_endpoint(endpoint: str, extension: str):
    assert rules.extension(endpoint) == extension


@pytest.mark.parametrize(
    ("number", "bare"),
    [
        ("sip:13900002718@10.0.0.1;user=phone", "13900002718"),
        ("tel:+8613900002718", "+8613900002718"),
        ("013900002718", "13900002718"),
        ("01062345678", "01062345678"),
        ("anonymous", ""),
        ("sip:anonymous@anonymous.invalid", ""),
        ("Restricted", ""),
        ("", ""),
    ],
)
def test_a_number_is_freed_of_what_is_no_part_of_it(number: str, bare: str):
    assert rules.bare(number) == bare


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://pbx.example.com/rec/1.wav", True),
        ("https://PBX.example.com/rec/1.wav", True),
        ("https://pbx.example.com:8089/rec/1.wav", False),
        ("http://pbx.example.com/rec/1.wav", False),
        ("https://pbx.example.com.evil.example/1.wav", False),
        ("https://pbx.example.com@evil.example/1.wav", False),
        ("https://evil@pbx.example.com/1.wav", False),
        ("javascript:alert(1)", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_a_recording_lies_on_an_origin_of_ours_or_is_none(url: str, ours: bool):
    assert rules.is_ours(url, ["https://pbx.example.com"]) is ours


def test_a_telephone_that_rings_once_more_says_nothing_but_one_that_rang_before_does():
    known = [fact("started", 10, agent="1001")]

    assert not rules.adds(fact("started", 10, agent="1001"), known)
    assert not rules.adds(fact("started", 40, agent="1001"), known)
    assert rules.adds(fact("started", 2, agent="1001"), known)
    assert rules.adds(fact("started", 40, agent="1002"), known)
    assert rules.adds(fact("started", 40, agent="1001", number_to="1"), known)


def test_of_one_kind_so_much_is_kept_and_an_end_is_heard_all_the_same():
    many = [fact("started", n, agent=f"{n}") for n in range(rules.FACTS_MOST)]

    assert not rules.adds(fact("started", 99, agent="99"), many)
    assert rules.adds(fact("ended", 99), many)


def test_what_is_kept_is_read_back_to_the_microsecond():
    odd = [fact("started", 0.000001), fact("ended", 3, reason="连接断开")]

    assert read(kept(odd)) == odd
    assert timedelta(microseconds=1) == odd[0].at - at(0)
