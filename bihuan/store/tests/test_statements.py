"""Statements kept by PostgreSQL say the same as the ORM, and are seen by whoever counts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import DEFAULT_DB_ALIAS, Error, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from bihuan.events.models import DeadLetter, Heard, Live
from bihuan.notify.models import Message
from bihuan.store import statements
from bihuan.store.statements import Kept

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def message(id: int, **changes: object) -> Message:
    given = {"key": f"k{id}", "person_id": 7, "created_at": AT, "channel": "inbox", "body": "您好"}
    return Message(id=id, **(given | changes))


def test_an_inserted_row_reads_back_as_it_was_written() -> None:
    statements.insert(message(1, subject="“引号”与换行\n", next_try_at=AT))

    row = Message.objects.get(id=1)
    assert (row.subject, row.next_try_at, row.read_at) == ("“引号”与换行\n", AT, None)


def test_rows_that_are_there_already_stay_as_they_are() -> None:
    statements.insert_all([message(1, body="first")])
    statements.insert_all([message(2, key="k1", body="again"), message(3)])

    assert list(Message.objects.order_by("id").values_list("id", "body")) == [
        (1, "first"),
        (3, "您好"),
    ]


def test_nothing_to_insert_or_to_look_for_asks_nobody() -> None:
    with CaptureQueriesContext(connection) as asked:
        statements.insert_all([])
        assert statements.among(Message, "id", []) == []

    assert len(asked) == 0


def test_only_what_has_changed_is_written() -> None:
    statements.insert(message(1))
    row = Message.objects.get(id=1)
    before = vars(row).copy()
    Message.objects.filter(id=1).update(subject="written meanwhile")

    row.tries = 3
    statements.update(row, before)

    now = Message.objects.get(id=1)
    assert (now.tries, now.subject) == (3, "written meanwhile")


def test_a_kept_query_is_asked_with_other_values_each_time() -> None:
    for place, (stream, seq) in enumerate([(7, 1), (7, 2), (8, 1)]):
        Live.objects.create(id=place + 1, stream=stream, seq=seq, kind="case.noted")
    kept = Kept(Live.objects.filter(stream=-11, kind="some kind").order_by("seq"))

    found = [
        [row.seq for row in kept.rows({-11: stream, "some kind": kind})]
        for stream, kind in ((7, "case.noted"), (8, "case.noted"), (7, "case.filed"))
    ]

    assert found == [[1, 2], [1], []]


def test_a_query_that_can_find_nothing_finds_nothing() -> None:
    assert Kept(Message.objects.none()).rows({}) == []


def test_rows_come_by_any_of_their_keys() -> None:
    statements.insert_all([message(1), message(2), message(3)])

    assert {row.id for row in statements.among(Message, "id", [3, 1, 9])} == {1, 3}


def test_whoever_counts_statements_counts_these_too() -> None:
    with CaptureQueriesContext(connection) as asked:
        statements.run("SELECT stream FROM events_heard WHERE subscriber = %s", ["nobody"])

    assert len(asked) == 1
    assert "nobody" in asked[0]["sql"]


def test_a_broken_rule_is_the_error_that_django_knows() -> None:
    statements.insert(Heard(subscriber="s", stream=1, seq=1))

    with pytest.raises(IntegrityError), transaction.atomic():
        statements.insert(Heard(subscriber="s", stream=1, seq=1))
    assert Heard.objects.count() == 1


def test_the_plan_is_kept_by_the_connection() -> None:
    for stream in range(3):
        statements.among(DeadLetter, "stream", [stream])

    known = statements.run("SELECT statement FROM pg_prepared_statements")
    assert sum("events_deadletter" in text for (text,) in known) == 1


def test_an_array_of_plain_words_reads_back_as_its_words() -> None:
    words = ["case.first_response", "C-1.2-1,C-1.3-1", "", "受理", "NULL"]

    assert statements.run("SELECT %s::text[]", [statements.array(words)]) == [(words,)]


@pytest.mark.parametrize("word", ['a"b', "a\\b"])
def test_an_array_refuses_a_word_that_would_not_read_back(word: str) -> None:
    with pytest.raises(ValueError, match="plain words"):
        statements.array(["fine", word])


HEARD = statements.Numbered(
    "INSERT INTO events_heard (stream, seq, subscriber) VALUES (%(n)s, %(n)s, %(who)s)"
)


def test_a_numbered_statement_takes_each_value_by_its_name() -> None:
    HEARD.run({"who": "s", "n": 4, "nobody asks for": 1})

    assert list(Heard.objects.values_list("subscriber", "stream", "seq")) == [("s", 4, 4)]


def test_whoever_counts_statements_counts_a_numbered_one_too() -> None:
    with CaptureQueriesContext(connection) as asked:
        HEARD.run({"who": "s", "n": 5})

    assert len(asked) == 1
    assert Heard.objects.filter(stream=5).exists()


def test_who_lives_on_keeps_a_connection_whatever_the_pool_and_leaves_a_broken_one(
    at_once: Callable[..., None],
) -> None:
    served_by: list[int] = []

    def work() -> None:
        db = connections[DEFAULT_DB_ALIAS]
        lends = {"min_size": 1, "max_size": 2}
        db.settings_dict = {
            **db.settings_dict, "CONN_MAX_AGE": 0,
            "OPTIONS": {**db.settings_dict["OPTIONS"], "pool": lends},
        }  # fmt: skip
        for _ in range(3):
            statements.own_connection()
            served_by.append(statements.run("SELECT pg_backend_pid()")[0][0])
        with suppress(Error):
            statements.run("SELECT pg_terminate_backend(pg_backend_pid())")
        statements.own_connection()
        served_by.append(statements.run("SELECT pg_backend_pid()")[0][0])
        assert db.pool is None

    at_once(work)

    assert served_by[0] == served_by[1] == served_by[2] != served_by[3]
