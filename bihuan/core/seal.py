"""The hash chain and the Merkle root over a day, and their verification, also offline."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

START = bytes(32)  # what the first event of a stream is linked to
SHORTEST_SALT = 16

# each use of SHA-256 has its own first bytes, so that no hash can pass for one of another use
_EVENT = b"bihuan.event.1\x00"
_WORDS = b"bihuan.words.1\x00"
_LEAF = b"\x00"  # RFC 9162 2.1.1
_NODE = b"\x01"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event as it is kept: its facts (with `stream` and `seq`) and its two hashes."""

    event: Mapping[str, object]
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event at which a chain does not hold, and how it was broken.

    changed: its facts are not those that were sealed; missing: it is not there; reordered: it
    stands elsewhere, or twice; foreign: it belongs to another stream.
    """

    seq: int
    why: Literal["changed", "missing", "reordered", "foreign"]


@dataclass(frozen=True, slots=True)
class Proof:
    """That leaf `index` of `size` leaves is under a root: the neighbours, from below."""

    index: int
    size: int
    path: tuple[bytes, ...]


def canonical(value: object) -> bytes:
    """The one way to write a JSON value: keys sorted by code point, no spaces, UTF-8.

    TypeError for a float (two machines may print it differently), for a key that is no string
    and for anything JSON does not know; times are given as `moment()`.
    """
    _refuse_the_ambiguous(value)
    return _encoded(value).encode()


def text(sealed: Mapping[str, object]) -> str:
    """The same as text, of what was sealed already and so has a canonical form."""
    return _encoded(dict(sealed))


_encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _refuse_the_ambiguous(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not a string")
            if type(inner) not in _PLAIN:
                _refuse_the_ambiguous(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if type(inner) not in _PLAIN:
                _refuse_the_ambiguous(inner)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{type(value).__name__} has no canonical form")


_PLAIN = frozenset({str, int, bool, type(None)})  # most values, known by a look


def moment(at: datetime) -> str:
    """A time as events write it: UTC with microseconds, 2026-02-13T08:00:00.000000Z."""
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone")
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def link(previous: bytes, event: Mapping[str, object]) -> bytes:
    """The hash of an event, bound to the one before it (START for the first)."""
    if len(previous) != len(START):
        raise ValueError(f"a link has {len(START)} bytes, not {len(previous)}")
    return hashlib.sha256(_EVENT + previous + canonical(dict(event))).digest()


def verify_chain(
    events: Iterable[Sealed], *, heads: Mapping[int, bytes] | None = None
) -> Broken | None:
    """None if one stream's events, in the order they are kept, are whole from seq 1 on.

    `heads` are hashes kept elsewhere (in the seals of the days), by seq: only against them
    does a cut tail show, or a stream that somebody wrote anew from some event on. Events
    from outside may hold anything: what cannot be sealed was changed.
    """
    chain = list(events)
    seqs = [one.event.get("seq") for one in chain]
    previous = START
    for seq, one in enumerate(chain, 1):
        if seqs[seq - 1] != seq:
            return Broken(seq, "reordered" if seq in seqs else "missing")
        if one.event.get("stream") != chain[0].event.get("stream"):
            return Broken(seq, "foreign")
        if one.previous != previous or not _fits(previous, one):
            return Broken(_culprit(previous, one, seq), "changed")
        previous = one.hash
    return _against(heads or {}, chain)


def _fits(previous: bytes, one: Sealed) -> bool:
    try:
        return link(previous, one.event) == one.hash
    except (TypeError, ValueError):
        return False


def _culprit(previous: bytes, one: Sealed, seq: int) -> int:
    """An event that fits another past is sound: the one before it was sealed anew."""
    fits_another_past = one.previous != previous and _fits(one.previous, one)
    return seq - 1 if fits_another_past and seq > 1 else seq


def _against(heads: Mapping[int, bytes], chain: Sequence[Sealed]) -> Broken | None:
    for seq, head in sorted(heads.items()):
        if seq > len(chain):
            return Broken(len(chain) + 1, "missing")
        if chain[seq - 1].hash != head:
            return Broken(seq, "changed")
    return None


def head_leaf(stream: int, seq: int, head: bytes) -> bytes:
    """How the last hash of a stream enters the day's tree."""
    return canonical({"stream": stream, "seq": seq, "hash": head.hex()})


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of RFC 9162 §2.1.1; of no leaves the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(_LEAF + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(pairs) * 2 :])  # the odd one out rises as it is


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def prove(leaves: Sequence[bytes], index: int) -> Proof:
    """The proof that leaf `index` (from 0) is in the tree; IndexError if there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level = [hashlib.sha256(_LEAF + leaf).digest() for leaf in leaves]
    path, at = [], index
    while len(level) > 1:
        neighbour = at ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level, at = _next_level(level), at // 2
    return Proof(index, len(leaves), tuple(path))


def is_proven(leaf: bytes, proof: Proof, root: bytes) -> bool:
    """Whether the proof leads from this leaf to this root, with no step left over."""
    if not 0 <= proof.index < proof.size:
        return False
    at, last = proof.index, proof.size - 1
    reached, path = hashlib.sha256(_LEAF + leaf).digest(), list(proof.path)
    while last:
        if at % 2 or at < last:
            if not path:
                return False
            neighbour = path.pop(0)
            reached = _node(neighbour, reached) if at % 2 else _node(reached, neighbour)
        at, last = at // 2, last // 2
    return not path and hmac.compare_digest(reached, root)


def word_hash(salt: bytes, text: str) -> str:
    """What an event keeps of somebody's words, in hex: without the salt nobody can guess them.

    ValueError for a salt of less than 16 bytes. When the salt goes with the words, the event
    still verifies and says nothing any more.
    """
    return bytes_hash(salt, text.encode())


def bytes_hash(salt: bytes, content: bytes) -> str:
    """The same for a file."""
    if len(salt) < SHORTEST_SALT:
        raise ValueError(f"a salt has at least {SHORTEST_SALT} bytes, not {len(salt)}")
    return hmac.new(salt, _WORDS + content, hashlib.sha256).hexdigest()
