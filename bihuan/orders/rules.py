"""Order numbers made comparable; what a refund's answer does to it; when somebody is asked next."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Literal

from bihuan.core import inputs

LONGEST = 60
LOOKUPS = ["waiting", "found", "not_found", "another"]
REFUNDS = ["asked", "accepted", "done", "refused"]
FINAL = frozenset({"done", "refused"})
#: Why money is asked back; a closed set, so that no personal words leave the house.
REASONS = ["damaged", "not_as_described", "not_received", "returned", "price", "goodwill"]
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
FOLLOWED = timedelta(minutes=1)  # between two looks at a refund that is on its way
LOOKED_AGAIN = timedelta(days=1)  # between two looks at one that has ended
LOOKED_UNTIL = timedelta(days=7)  # after its end another answer is looked for so long
SILENT_AFTER = timedelta(hours=1)  # without any answer: somebody must know


def plain_number(text: str) -> str:
    """Half-width, in capitals, without spaces and hyphens. Invalid: order_no."""
    given = inputs.words(text, field="order_no", most=LONGEST, lines=False)
    wide = unicodedata.normalize("NFKC", given).upper()
    return "".join(c for c in wide if c.isalnum())


def mask_number(number: str) -> str:
    """The last four characters, of a number that is long enough to hide something."""
    return "****" + number[-4:] if len(number) > 6 else "****"


def wait(tries: int) -> timedelta:
    """Twice as long after each try in vain, up to a quarter of an hour."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


def heard(known: str, told: str) -> Literal["same", "moves", "contradicts"]:
    """What an answer does to a refund: the first final one stands (6.3).

    `pending` says that it was taken and nothing else; an older answer that comes late is the same.
    """
    if known in FINAL:
        return "same" if told == known else "contradicts"
    if told in FINAL or (known, told) == ("asked", "accepted"):
        return "moves"
    return "same"


def left(*, paid_fen: int, refunded_fen: int, done_fen: int, on_their_way_fen: int) -> int:
    """What may still be asked back, in fen: paid, less given back or on its way.

    What the order system gave back holds what we asked for too, once it has said so.
    """
    return max(paid_fen - max(refunded_fen, done_fen) - on_their_way_fen, 0)
