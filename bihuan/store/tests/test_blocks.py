"""Numbers in blocks: unique among threads and processes, and few questions to the database."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.core import ids
from bihuan.store.blocks import SIZE, Blocks, new_id
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_hundred_ids_ask_the_database_once_or_twice() -> None:
    with CaptureQueriesContext(connection) as asked:
        made = [new_id(AT) for _ in range(SIZE)]
    assert len(set(made)) == SIZE
    assert len(asked) <= 2


@pytest.mark.django_db
def test_an_id_is_ordered_by_its_time_and_whole_in_javascript() -> None:
    early, late = new_id(AT), new_id(datetime(2026, 2, 13, 8, 0, 1, tzinfo=UTC))
    assert early < late < 2**53
    assert ids.second_of(early) == int(AT.timestamp())


def test_threads_never_get_the_same_number(fresh_db: Urls, at_once: Any) -> None:
    blocks = Blocks("bihuan_ids")
    made: list[int] = []

    at_once(*[lambda: made.extend([blocks.next() for _ in range(250)])] * 4)

    assert len(set(made)) == len(made) == 1000


@pytest.mark.django_db
def test_a_forked_process_does_not_use_its_parents_block() -> None:
    blocks = Blocks("bihuan_ids")
    blocks.next()
    assert len(blocks._free) == SIZE - 1
    child = os.fork()
    if not child:
        os._exit(1 if blocks._free else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.django_db
def test_a_block_of_another_database_is_not_used(settings: Any) -> None:
    blocks = Blocks("bihuan_ids")
    blocks.next()
    blocks._from = "another"
    with CaptureQueriesContext(connection) as asked:
        blocks.next()
    assert len(asked) == 1


def test_a_case_number_names_its_day_and_checks_itself() -> None:
    number = ids.case_number(date(2026, 2, 13), 4711)
    assert number.startswith("TS202602130004711")
    assert ids.read_case_number(number) == number
