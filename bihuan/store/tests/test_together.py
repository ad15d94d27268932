"""Group commit: one does the work of all who wait, and each gets what is his own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bihuan.store.together import Together, Unfinished

PATIENCE = 20


class Work:
    """Doubles numbers; the first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        if len(self.batches) == 1:
            self.begun.set()
            assert self.go_on.wait(PATIENCE)
        return [ValueError(str(one)) if one < 0 else 2 * one for one in asked]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=12) as made:
        yield made


def crowd(
    pool: ThreadPoolExecutor, together: Together[int, int], work: Work, numbers: Sequence[int]
) -> list[Future[int]]:
    """The first of them works; the others came meanwhile, in this order."""
    first = pool.submit(together, numbers[0])
    assert work.begun.wait(PATIENCE)
    waiting: list[Future[int]] = []
    for number in numbers[1:]:
        waiting.append(pool.submit(together, number))
        until(lambda: together.waiting == len(waiting))
    work.go_on.set()
    return [first, *waiting]


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_asks_alone_is_served_at_once_and_alone() -> None:
    work = Work()
    work.go_on.set()
    together = Together(work, most=8)

    assert [together(1), together(2)] == [2, 4]
    assert work.batches == [[1], [2]]


def test_who_comes_during_the_work_is_worked_for_in_one_go(pool: ThreadPoolExecutor) -> None:
    work = Work()
    together = Together(work, most=8)

    found = crowd(pool, together, work, [1, 2, 3, 4, 5])

    assert [one.result(PATIENCE) for one in found] == [2, 4, 6, 8, 10]
    assert work.batches == [[1], [2, 3, 4, 5]]


def test_no_more_than_the_most_go_together_and_the_rest_follows(pool: ThreadPoolExecutor) -> None:
    work = Work()
    together = Together(work, most=2)

    found = crowd(pool, together, work, [1, 2, 3, 4, 5, 6])

    assert [one.result(PATIENCE) for one in found] == [2, 4, 6, 8, 10, 12]
    assert work.batches == [[1], [2, 3], [4, 5], [6]]


def test_a_refusal_is_told_to_whom_it_is_for_and_to_nobody_else(pool: ThreadPoolExecutor) -> None:
    work = Work()

    found = crowd(pool, Together(work, most=8), work, [1, 2, -3, 4])

    assert [one.result(PATIENCE) for one in (found[0], found[1], found[3])] == [2, 4, 8]
    with pytest.raises(ValueError, match="-3"):
        found[2].result(PATIENCE)


def test_work_that_breaks_off_breaks_for_all_in_it_and_for_nobody_after(
    pool: ThreadPoolExecutor,
) -> None:
    work = Work()

    def breaking(asked: Sequence[int]) -> list[int | Exception]:
        done = work(asked)
        if 2 in asked:
            raise OSError("the disk is full")
        return done

    together = Together(breaking, most=2)

    found = crowd(pool, together, work, [1, 2, 3, 4])

    assert [found[0].result(PATIENCE), found[3].result(PATIENCE)] == [2, 8]
    for one in found[1:3]:
        with pytest.raises(OSError, match="the disk is full"):
            one.result(PATIENCE)


def test_a_thread_that_is_stopped_leaves_nobody_waiting(pool: ThreadPoolExecutor) -> None:
    work = Work()

    def stopped(asked: Sequence[int]) -> list[int | Exception]:
        done = work(asked)
        if 2 in asked:
            raise SystemExit
        return done

    together = Together(stopped, most=2)

    found = crowd(pool, together, work, [1, 2, 3, 4])

    with pytest.raises(SystemExit):
        found[1].result(PATIENCE)
    with pytest.raises(Unfinished):
        found[2].result(PATIENCE)
    assert found[3].result(PATIENCE) == 8
    assert together(5) == 10
