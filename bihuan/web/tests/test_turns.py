"""Of many threads so many at work at once, and nobody passes who waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from bihuan.web.turns import Turns

PATIENCE = 20


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_no_more_than_the_most_are_inside_and_the_rest_comes_in_its_order() -> None:
    turns, order, inside, go_on = Turns(2), [], [], threading.Semaphore(0)

    def visit(name: int) -> None:
        with turns:
            order.append(name)
            inside.append(name)
            assert go_on.acquire(timeout=PATIENCE)
            inside.remove(name)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(6)]
    for n, thread in enumerate(threads):
        thread.start()
        until(lambda n=n: len(order) + turns.waiting == n + 1)  # type: ignore[misc]  # bound

    assert (order, turns.waiting) == ([0, 1], 4)
    for left in (3, 2, 1, 0):
        go_on.release()
        until(lambda left=left: turns.waiting == left and len(order) == 6 - left)  # type: ignore[misc]  # bound
        assert len(inside) <= 2
    go_on.release(2)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4, 5]


def test_who_fails_inside_leaves_the_place_free() -> None:
    turns = Turns(1)

    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        assert turns.waiting == 0
