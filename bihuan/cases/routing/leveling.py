"""Who gives whom how many cases, until nobody has much more of their capacity in hand."""

from __future__ import annotations

from collections.abc import Mapping

MOST = 50  # moves at once: more nobody reads before pressing the button


def leveled(
    held: Mapping[int, int], capacity: Mapping[int, int], movable: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Moves (from, to), each making the fullest less full than they were, and the other not more.

    `movable` is how many of somebody's cases may go to another; capacities are at least 1.
    """
    now, left, moves = dict(held), dict(movable), list[tuple[int, int]]()
    while len(moves) < MOST:
        givers = [id for id in now if left.get(id, 0) > 0]
        if not givers or len(now) < 2:
            break
        giver = max(givers, key=lambda id: (now[id] / capacity[id], -id))
        taker = min(now, key=lambda id: ((now[id] + 1) / capacity[id], id))
        if giver == taker or now[giver] / capacity[giver] <= (now[taker] + 1) / capacity[taker]:
            break
        now[giver], now[taker], left[giver] = now[giver] - 1, now[taker] + 1, left[giver] - 1
        moves.append((giver, taker))
    return moves
