"""A chain of events, and a day's root over chains, cannot be changed unseen."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.seal import (
    START,
    Broken,
    Proof,
    Sealed,
    bytes_hash,
    canonical,
    head_leaf,
    is_proven,
    link,
    merkle_root,
    moment,
    prove,
    verify_chain,
    word_hash,
)

SALT = bytes(range(16))


def chain(length: int, stream: int = 7) -> list[Sealed]:
    made, previous = [], START
    for seq in range(1, length + 1):
        event = {"stream": stream, "seq": seq, "kind": "case.answered", "data": {"n": seq}}
        made.append(Sealed(event, previous, link(previous, event)))
        previous = made[-1].hash
    return made


def sealed_anew(one: Sealed, previous: bytes | None = None, **changed: object) -> Sealed:
    """What somebody with the algorithm, but not with the later rows, could write."""
    event = {**one.event, **changed}
    before = one.previous if previous is None else previous
    return Sealed(event, before, link(before, event))


@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_an_untouched_chain_holds(length):
    assert verify_chain(chain(length)) is None


@given(st.integers(1, 8), st.data())
def test_a_changed_fact_is_found_at_its_event(length, data):
    events = chain(length)
    n = data.draw(st.integers(0, length - 1))
    events[n] = replace(events[n], event={**events[n].event, "kind": "case.closed"})

    assert verify_chain(events) == Broken(n + 1, "changed")


@given(st.integers(2, 8), st.data())
def test_an_event_sealed_anew_is_found_by_the_one_after_it(length, data):
    events = chain(length)
    n = data.draw(st.integers(0, length - 2))
    events[n] = sealed_anew(events[n], kind="case.closed")

    assert verify_chain(events) == Broken(n + 1, "changed")


@given(st.integers(2, 8), st.data())
def test_a_removed_event_is_missing(length, data):
    events = chain(length)
    n = data.draw(st.integers(0, length - 2))
    del events[n]

    assert verify_chain(events) == Broken(n + 1, "missing")


def test_a_removed_event_whose_followers_were_renumbered_is_found():
    first, _, third = chain(3)

    moved = replace(third, event={**third.event, "seq": 2})

    assert verify_chain([first, moved]) == Broken(2, "changed")


@given(st.integers(2, 8), st.data())
def test_two_events_in_each_others_place_are_reordered(length, data):
    events = chain(length)
    a = data.draw(st.integers(0, length - 2))
    b = data.draw(st.integers(a + 1, length - 1))
    events[a], events[b] = events[b], events[a]

    assert verify_chain(events) == Broken(a + 1, "reordered")


def test_an_event_that_stands_twice_is_found():
    first, second = chain(2)

    assert verify_chain([first, first, second]) == Broken(2, "reordered")


def test_an_event_of_another_stream_is_foreign():
    mine, theirs = chain(2), chain(2, stream=8)

    assert verify_chain([mine[0], theirs[1]]) == Broken(2, "foreign")


def test_a_changed_hash_or_link_is_found_at_its_event():
    first, second, third = chain(3)

    assert verify_chain([replace(first, previous=bytes([1]) * 32)]) == Broken(1, "changed")
    assert verify_chain([sealed_anew(first, previous=second.hash)]) == Broken(1, "changed")
    assert verify_chain([first, replace(second, previous=START), third]) == Broken(2, "changed")
    assert verify_chain([first, replace(second, hash=START), third]) == Broken(2, "changed")


def test_a_cut_tail_shows_against_a_head_kept_elsewhere():
    events = chain(3)
    heads = {2: events[1].hash, 3: events[2].hash}

    assert verify_chain(events, heads=heads) is None
    assert verify_chain(events[:2]) is None
    assert verify_chain(events[:2], heads=heads) == Broken(3, "missing")


def test_a_chain_written_anew_shows_against_a_head_kept_elsewhere():
    kept = chain(2)
    first = sealed_anew(kept[0], kind="case.closed")
    second = sealed_anew(kept[1], previous=first.hash)

    assert verify_chain([first, second]) is None
    assert verify_chain([first, second], heads={2: kept[1].hash}) == Broken(2, "changed")


@pytest.mark.parametrize("nonsense", [{}, {"seq": 1, "at": 1.5}, {"seq": 1, "kind": "\ud800"}])
def test_events_from_outside_may_hold_anything(nonsense):
    assert verify_chain([Sealed(nonsense, START, START)]) is not None


def test_the_canonical_form_does_not_depend_on_the_order_of_keys():
    assert (
        canonical({"b": [1, True, None], "a": "已受理"})
        == '{"a":"已受理","b":[1,true,null]}'.encode()
    )
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert canonical((1, 2)) == canonical([1, 2])


def test_a_named_value_is_written_as_its_word():
    class State(StrEnum):
        CLOSED = "closed"

    assert canonical({"state": State.CLOSED}) == b'{"state":"closed"}'


@pytest.mark.parametrize(
    "value", [1.0, {"a": [0.5]}, {1: "a"}, {"at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_what_two_machines_might_write_differently_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_a_moment_is_written_in_utc_with_microseconds():
    beijing = timezone(timedelta(hours=8))

    assert moment(datetime(2026, 2, 13, 16, tzinfo=beijing)) == "2026-02-13T08:00:00.000000Z"
    with pytest.raises(ValueError, match="no time zone"):
        moment(datetime(2026, 2, 13))  # noqa: DTZ001 the point of it


def test_the_first_link_is_the_same_on_every_machine():
    event = {"stream": 7, "seq": 1, "kind": "case.filed", "data": {"channel": "web"}}

    plain = b'{"data":{"channel":"web"},"kind":"case.filed","seq":1,"stream":7}'
    expected = hashlib.sha256(b"bihuan.event.1\x00" + bytes(32) + plain).digest()
    assert link(START, event) == expected


def test_a_link_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        link(b"", {"seq": 1})


def leaves(count: int) -> list[bytes]:
    return [head_leaf(stream, 3, bytes([stream]) * 32) for stream in range(count)]


def rfc_root(inputs: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1 word for word: split at the largest power of two below the size."""
    if len(inputs) == 1:
        return hashlib.sha256(b"\x00" + inputs[0]).digest()
    split = 1 << (len(inputs) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + rfc_root(inputs[:split]) + rfc_root(inputs[split:])).digest()


@pytest.mark.parametrize("count", range(1, 34))
def test_the_root_is_that_of_rfc_9162_and_every_leaf_is_proven(count):
    tree = leaves(count)

    root = merkle_root(tree)

    assert root == rfc_root(tree)
    assert all(is_proven(tree[n], prove(tree, n), root) for n in range(count))


def test_the_root_of_a_day_without_events_is_the_hash_of_nothing():
    assert merkle_root([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 20), st.data())
def test_no_other_leaf_place_or_path_is_proven(count, data):
    tree = leaves(count)
    root, n = merkle_root(tree), data.draw(st.integers(0, count - 1))
    proof = prove(tree, n)

    assert not is_proven(head_leaf(n, 4, START), proof, root)
    assert not is_proven(tree[n], proof, START)
    assert not is_proven(tree[n], replace(proof, path=(*proof.path, START)), root)
    assert not is_proven(tree[n], replace(proof, index=count), root)
    assert not is_proven(tree[n], replace(proof, index=-1), root)
    if proof.path:
        assert not is_proven(tree[n], replace(proof, path=proof.path[:-1]), root)
        assert not is_proven(tree[n], replace(proof, path=(START, *proof.path[1:])), root)


def test_a_node_cannot_pass_for_a_leaf():
    tree = leaves(4)
    inner = b"".join(hashlib.sha256(b"\x00" + leaf).digest() for leaf in tree[:2])
    right = merkle_root(tree[2:])

    assert not is_proven(inner, Proof(0, 2, (right,)), merkle_root(tree))


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError):
        prove(leaves(3), index)


def test_words_are_kept_as_a_hash_that_needs_their_salt():
    kept = word_hash(SALT, "包裹破损")

    assert kept == word_hash(SALT, "包裹破损") == bytes_hash(SALT, "包裹破损".encode())
    assert kept != word_hash(SALT, "包裹破損")
    assert kept != word_hash(bytes(16), "包裹破损")
    assert len(kept) == 64


def test_a_salt_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match="at least 16 bytes"):
        word_hash(b"short", "包裹破损")
