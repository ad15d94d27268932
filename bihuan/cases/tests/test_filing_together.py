"""Who files in the same moment shares a statement, and nothing else (2.2.1, HOUSE §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from bihuan.accounts.models import Person
from bihuan.cases import commands
from bihuan.cases.commands import Contact
from bihuan.cases.commands.filing import Filed
from bihuan.cases.commands.intake import Asked, file_asked
from bihuan.cases.commands.intake_together import file_all
from bihuan.cases.models import Case, Clock, Entry, IdempotencyKey, Sealed
from bihuan.cases.tests.people import FRIDAY, House, filing, house
from bihuan.core.refusals import Conflict, Invalid, Refusal
from bihuan.events.models import Event, Pending
from bihuan.store import secrets

#: what is drawn, sealed or counted anew for each case
OWN = {
    "id", "number", "case_id", "person_id", "author_id", "salt", "hash", "text", "stream", "data",
    "owner_id", "key", "created_at", "sort_due_at", "position",
}  # fmt: skip


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def newcomer(n: int, **changes: object) -> commands.Filing:
    return filing(contact=Contact(name="新客", phone=f"1391234{n:04d}"), **changes)


def asked(home: House, given: commands.Filing, key: str = "", digest: bytes = b"d" * 32) -> Asked:
    return Asked(
        filing=given, key=key, digest=digest, by=home.bo_bo, at=FRIDAY,
        answer=lambda case, rows: case.number.encode(),
    )  # fmt: skip


def file_together(*some: Asked) -> list[Filed | Exception]:
    """As those do who meet at the door: what does not go together goes by itself."""
    shared = file_all(some)
    return [one or by_itself(given) for one, given in zip(shared, some, strict=True)]


def by_itself(given: Asked) -> Filed | Exception:
    try:
        return file_asked(given)
    except Refusal as refused:
        return refused


def rows_of(case: Case) -> list[list[dict[str, Any]]]:
    """Everything that is kept of a case, without what is its own."""
    found = [
        Case.objects.filter(id=case.id),
        Clock.objects.filter(case_id=case.id).order_by("milestone", "due_at"),
        Entry.objects.filter(case_id=case.id),
        Event.objects.filter(stream=case.id),
        Pending.objects.filter(stream=case.id),
        IdempotencyKey.objects.filter(case_id=case.id),
        Person.objects.filter(id=case.person_id),
    ]
    return [
        [
            {k: v for k, v in row.items() if k not in OWN and not isinstance(v, bytes | memoryview)}
            for row in rows.values()
        ]
        for rows in found
    ]


def test_2_2_1_those_filed_together_have_the_very_rows_of_one_filed_alone(home: House):
    given = {"subject": "底座“开裂”\\'x'", "text": "第一行\n第二行：“\\x41” {a,b} NULL 😀"}
    alone = commands.file(
        filing=newcomer(1, **given), key="k1", by=home.bo_bo, at=FRIDAY,
        answer=lambda case, rows: case.number.encode(), digest=b"d" * 32,
    )  # fmt: skip

    made = file_together(*[asked(home, newcomer(n, **given), f"k{n}") for n in range(2, 6)])

    for one in made:
        assert isinstance(one, Filed)
        assert rows_of(one.case) == rows_of(alone.case)
        text = Entry.objects.get(case_id=one.case.id).text
        assert text == Entry.objects.get(case_id=alone.case.id).text
        kept = Person.objects.get(id=one.case.person_id)
        assert secrets.open_(kept.id, "accounts_person", "name", kept.id, kept.name) == "新客"
        kept_answer = IdempotencyKey.objects.get(case_id=one.case.id).answer
        assert bytes(kept_answer) == one.case.number.encode()


def test_x_09_clocks_start_when_it_was_received_not_when_it_was_written_down(home: House):
    called = FRIDAY - timedelta(hours=5)

    alone = commands.file(
        filing=newcomer(1, received_at=called, channel="phone"), by=home.bo_bo, at=FRIDAY
    )
    made = file_all([asked(home, newcomer(n, received_at=called)) for n in (2, 3)])

    for one in (alone, *made):
        assert isinstance(one, Filed)
        starts = set(Clock.objects.filter(case_id=one.case.id).values_list("started_at", flat=True))
        assert starts == {called}
        assert Case.objects.get(id=one.case.id).registered_at == FRIDAY


def test_a_message_is_taken_once_under_whatever_keys_it_comes(home: House):
    message = newcomer(1, external_id='m"1')

    made = file_together(
        asked(home, message, "k1"), asked(home, message, "k2"), asked(home, newcomer(2), "k3")
    )

    numbers = [one.case.number for one in made if isinstance(one, Filed)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert Case.objects.count() == 2


def test_they_share_one_statement(home: House):
    # numbers are drawn by then
    file_together(asked(home, newcomer(1)), asked(home, newcomer(2)))
    written: list[str] = []

    def watch(execute: Any, sql: Any, *rest: Any) -> Any:
        if "INSERT" in str(sql):
            written.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        made = file_all([asked(home, newcomer(n)) for n in range(3, 9)])

    assert len(written) == 1
    assert len({one.case.number for one in made if isinstance(one, Filed)}) == 6


def test_a_filing_that_is_refused_stops_nobody_elses(home: House):
    made = file_together(
        asked(home, newcomer(1)),
        asked(home, newcomer(2, text="")),
        asked(home, newcomer(3, category="nonsense")),
        asked(home, filing(contact=Contact(phone="12"))),
        asked(home, newcomer(4)),
    )

    refused = [one for one in made if isinstance(one, Invalid)]
    assert [sorted(one.fields) for one in refused] == [["text"], ["category"], ["phone"]]
    assert Case.objects.count() == 2


def test_two_for_the_same_newcomer_are_two_cases_of_one_person(home: House):
    before = Person.objects.count()

    made = file_together(
        asked(home, newcomer(7)), asked(home, newcomer(7)), asked(home, newcomer(8))
    )

    people = [one.case.person_id for one in made if isinstance(one, Filed)]
    assert people[0] == people[1] != people[2]
    assert Person.objects.count() == before + 2
    assert Event.objects.filter(kind="case.filed").count() == 3


def test_the_same_key_twice_in_one_moment_is_one_case(home: House):
    twice = asked(home, newcomer(7), "once")

    made = file_together(twice, twice, asked(home, newcomer(8), "once", b"e" * 32))

    first, second, other = made
    assert isinstance(first, Filed)
    assert isinstance(second, Filed)
    assert (second.replayed, second.answer) == (True, first.answer)
    assert isinstance(other, Conflict)
    assert Case.objects.count() == 1


def test_3_3_numbers_are_sealed_for_those_who_file_together_too(home: House):
    made = file_together(
        asked(home, newcomer(1, text="请打 13812345678")),
        asked(home, newcomer(2)),
        asked(home, newcomer(3)),
    )

    assert all(isinstance(one, Filed) for one in made)
    assert Sealed.objects.count() == 1
    assert not Entry.objects.filter(text__contains="13812345678").exists()


def test_somebody_known_is_recognised_among_newcomers(home: House):
    made = file_all([asked(home, newcomer(1)), asked(home, filing()), asked(home, newcomer(2))])

    assert [one.case.person_id for one in made if isinstance(one, Filed)][1] == home.ai_li.id


def test_who_is_known_waits_for_nobody_when_there_is_more_to_write(home: House):
    moved = filing(contact=Contact(phone="13900002718", address="浙江省杭州市西湖区文三路 1 号"))

    shared = file_all([asked(home, newcomer(1)), asked(home, moved), asked(home, filing())])

    assert [type(one) for one in shared] == [Filed, type(None), Filed]
    file_together(asked(home, newcomer(2)), asked(home, moved))
    assert Person.objects.get(id=home.ai_li.id).address is not None
    again = file_all([asked(home, newcomer(3)), asked(home, moved)])
    assert [type(one) for one in again] == [Filed, Filed]


def test_what_breaks_in_the_making_of_one_breaks_for_nobody_else(home: House):
    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    faulty = replace(asked(home, newcomer(2)), answer=broken)

    made = file_all([asked(home, newcomer(1)), faulty, asked(home, newcomer(3))])

    assert [type(one) for one in made] == [Filed, type(None), Filed]
    with pytest.raises(ZeroDivisionError):
        file_asked(faulty)


@pytest.mark.parametrize(
    ("cause", "shared"),
    [
        (psycopg.errors.DeadlockDetected, type(None)),
        (psycopg.errors.AdminShutdown, OperationalError),
    ],
)
def test_after_a_deadlock_each_goes_by_itself_and_after_a_cut_nobody_knows(
    home: House, cause: type[Exception], shared: type
):
    def refuse(execute: Any, sql: Any, *rest: Any) -> Any:
        if "json_to_recordset" in str(sql):
            raise OperationalError from cause()
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        made = file_all([asked(home, newcomer(n)) for n in range(3)])

    assert [type(one) for one in made] == [shared] * 3
    assert not Case.objects.exists()


def test_nobody_is_filed_twice_when_the_connection_breaks_after_the_commit(home: House):
    def break_off(execute: Any, sql: Any, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if "json_to_recordset" in str(sql):
            raise OperationalError("server closed the connection unexpectedly")
        return done

    with connection.execute_wrapper(break_off):
        made = file_together(*[asked(home, newcomer(n)) for n in range(3)])

    assert [type(one) for one in made] == [OperationalError] * 3
    assert Case.objects.count() == 3


def test_many_batches_at_the_same_time_are_all_filed_once(
    home: House, at_once: Callable[..., None]
):
    numbers: list[str] = []

    def clerk(first: int) -> None:
        for n in range(first, 60, 6):
            some = (asked(home, newcomer(m % 20), f"k{m % 30}") for m in (n, n + 7))
            numbers.extend(one.case.number for one in file_together(*some))

    at_once(*(partial(clerk, n) for n in range(6)))

    assert (len(numbers), len(set(numbers))) == (120, 30)
    assert Case.objects.count() == Event.objects.filter(kind="case.filed").count() == 30
    assert Clock.objects.count() == 300
