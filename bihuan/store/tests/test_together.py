"""Group commit: one thread does the work of all who wait, and each gets what is his own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import pytest

from bihuan.store import together as group
from bihuan.store.together import Together, Unfinished

PATIENCE = 20


class Work:
    """Doubles numbers; the first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go_on = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        assert self.go_on.wait(PATIENCE)
        return [ValueError(str(one)) if one < 0 else 2 * one for one in asked]


Made = Callable[..., Together[int, int]]


@pytest.fixture
def made() -> Iterator[Made]:
    """Makes what the test asks for and ends its thread."""
    every: list[Together[int, int]] = []

    def make(work: Callable[[Sequence[int]], Sequence[int | Exception]], most: int = 8) -> Any:
        every.append(Together(work, most=most))
        return every[-1]

    yield make
    for one in every:
        one.close(lambda: None)


async def crowd(
    together: Together[int, int], work: Work, numbers: Sequence[int]
) -> list[int | BaseException]:
    """The first of them is worked for; the others come meanwhile, in this order."""
    first = asyncio.ensure_future(together(numbers[0]))
    while not work.batches:
        await asyncio.sleep(0.001)
    others = [asyncio.ensure_future(together(number)) for number in numbers[1:]]
    await asyncio.sleep(0)
    work.go_on.set()
    return await asyncio.gather(first, *others, return_exceptions=True)


def run(asked: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(asked, PATIENCE))


def test_who_asks_alone_is_served_at_once_and_alone(made: Made) -> None:
    work = Work()
    work.go_on.set()
    together = made(work)

    async def ask() -> list[int]:
        return [await together(1), await together(2)]

    assert run(ask()) == [2, 4]
    assert work.batches == [[1], [2]]


def test_who_comes_during_the_work_is_worked_for_in_one_go(made: Made) -> None:
    work = Work()

    assert run(crowd(made(work), work, [1, 2, 3, 4, 5])) == [2, 4, 6, 8, 10]
    assert work.batches == [[1], [2, 3, 4, 5]]


def test_no_more_than_the_most_go_together_and_the_rest_follows(made: Made) -> None:
    work = Work()

    assert run(crowd(made(work, most=2), work, [1, 2, 3, 4, 5, 6])) == [2, 4, 6, 8, 10, 12]
    assert work.batches == [[1], [2, 3], [4, 5], [6]]


def test_after_a_crowd_the_first_who_comes_back_waits_a_moment_for_the_rest(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "_A_MOMENT", PATIENCE)
    work = Work()
    together = made(work)

    async def ask() -> None:
        await crowd(together, work, [0, 1, 2, 3, 4])
        first = asyncio.ensure_future(together(5))
        await asyncio.sleep(0.02)
        assert not first.done()
        await asyncio.gather(first, *(together(n) for n in (6, 7, 8)))

    run(ask())

    assert work.batches[2:] == [[5, 6, 7, 8]]


def test_and_no_longer_than_a_moment_where_nobody_comes_back(made: Made) -> None:
    work = Work()
    together = made(work)

    async def ask() -> int:
        await crowd(together, work, [0, 1, 2, 3, 4])
        return await together(5)

    assert run(ask()) == 10


def test_a_refusal_is_told_to_whom_it_is_for_and_to_nobody_else(made: Made) -> None:
    work = Work()

    found = run(crowd(made(work), work, [1, 2, -3, 4]))

    assert [found[0], found[1], found[3]] == [2, 4, 8]
    assert isinstance(found[2], ValueError)


def test_work_that_breaks_off_breaks_for_all_in_it_and_for_nobody_after(made: Made) -> None:
    work = Work()

    def breaking(asked: Sequence[int]) -> list[int | Exception]:
        done = work(asked)
        if 2 in asked:
            raise OSError("the disk is full")
        return done

    found = run(crowd(made(breaking, most=2), work, [1, 2, 3, 4]))

    assert (found[0], found[3]) == (2, 8)
    assert [type(one) for one in found[1:3]] == [OSError, OSError]


@pytest.mark.parametrize("wrong", [SystemExit, None])
def test_work_that_is_stopped_or_loses_count_leaves_nobody_waiting(
    made: Made, wrong: type[BaseException] | None
) -> None:
    work = Work()

    def stopped(asked: Sequence[int]) -> Sequence[int | Exception]:
        done = work(asked)
        if 2 not in asked:
            return done
        if wrong:
            raise wrong
        return done[1:]

    together = made(stopped, most=2)

    found = run(crowd(together, work, [1, 2, 3, 4]))

    assert (found[0], found[3]) == (2, 8)
    assert [type(one) for one in found[1:3]] == [Unfinished, Unfinished]
    assert run(together(5)) == 10


def test_who_is_gone_keeps_nobody_else_from_an_answer(made: Made) -> None:
    work = Work()
    together = made(work)

    async def ask() -> list[int | BaseException]:
        first = asyncio.ensure_future(together(1))
        while not work.batches:
            await asyncio.sleep(0.001)
        gone, stays = asyncio.ensure_future(together(2)), asyncio.ensure_future(together(3))
        await asyncio.sleep(0)
        gone.cancel()
        work.go_on.set()
        return await asyncio.gather(first, gone, stays, return_exceptions=True)

    first, gone, stays = run(ask())

    assert (first, stays) == (2, 6)
    assert isinstance(gone, asyncio.CancelledError)
