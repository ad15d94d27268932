"""The log: what may be said, how it is chained, and that nobody takes it back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from bihuan.core import seal
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events import catalog, log
from bihuan.events.models import Event, Pending
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
BOBO = Actor(7, frozenset({Role.AGENT}), "service", "波波")
CASE = 4711


def say(kind: str = "case.noted", /, **data: object) -> Event:
    with transaction.atomic():
        return log.append(kind, stream=CASE, by=BOBO, at=AT, clause="2.2.4", **data)


def whole(stream: int) -> seal.Broken | None:
    chain = [
        seal.Sealed(
            log.facts(
                stream=e.stream, seq=e.seq, kind=e.kind, at=e.at, actor_id=e.actor_id,
                actor_role=e.actor_role, clause=e.clause, data=e.data,
            ),
            bytes(e.previous),
            bytes(e.hash),
        )
        for e in Event.objects.filter(stream=stream).order_by("seq")
    ]  # fmt: skip
    return seal.verify_chain(chain)


@pytest.mark.django_db
def test_what_is_said_is_kept_chained_and_waits_to_be_handed_on() -> None:
    first = say("case.noted", number="TS1", words="a" * 64)
    second = say("case.classified", **{"kind": "complaint", "from": "filed"})

    assert (first.seq, second.seq) == (1, 2)
    assert second.previous == first.hash
    assert first.previous == seal.START
    assert Event.objects.get(stream=CASE, seq=2).data == {"kind": "complaint", "from": "filed"}
    assert list(Pending.objects.values_list("stream", "seq").order_by("seq")) == [
        (CASE, 1),
        (CASE, 2),
    ]
    assert whole(CASE) is None


@pytest.mark.django_db
def test_a_kind_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"case\.exploded"):
        say("case.exploded")
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_key_the_kind_does_not_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="phone"):
        say("case.noted", phone="13900000000")


@pytest.mark.django_db
def test_a_number_two_machines_may_print_differently_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        say("case.noted", version=1.5)


def test_nothing_is_said_outside_a_transaction(fresh_db: Urls) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        log.append("case.noted", stream=CASE, by=SYSTEM, at=AT)
    assert not Event.objects.exists()


def test_a_rolled_back_change_says_nothing(fresh_db: Urls) -> None:
    with transaction.atomic():
        say()
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Pending.objects.exists()


@pytest.mark.django_db
def test_the_weightiest_role_is_kept() -> None:
    chen = Actor(9, frozenset({Role.AGENT, Role.SUPERVISOR}))
    with transaction.atomic():
        assert log.append("case.noted", stream=CASE, by=chen, at=AT).actor_role == "supervisor"


@pytest.mark.django_db
def test_the_latest_event_of_a_kind_is_found() -> None:
    say("case.merged", other="TS1")
    say("case.noted")
    latest = say("case.merged", other="TS2")

    assert log.last(CASE, "case.merged").seq == latest.seq
    with pytest.raises(Event.DoesNotExist):
        log.last(CASE, "case.archived")


def test_a_row_for_the_intake_statement_is_the_row_append_would_write(fresh_db: Urls) -> None:
    data = {"number": "TS1", "tier": 1, "missing": []}
    made = log.row("case.filed", stream=CASE, by=BOBO, at=AT, clause="2.2.4", data=data)
    kept = say("case.filed", **data)
    assert (made.hash, made.previous, made.actor_role) == (kept.hash, kept.previous, "agent")


def test_many_writers_of_one_stream_make_one_chain(fresh_db: Urls, at_once: Any) -> None:
    def write() -> None:
        for _ in range(10):
            say()

    at_once(*[write] * 4)

    assert Event.objects.filter(stream=CASE).count() == 40
    assert whole(CASE) is None


@pytest.mark.django_db
def test_several_facts_at_once_continue_each_stream_in_their_order() -> None:
    say()
    facts = [
        log.Fact("case.noted", CASE, {"number": "TS1"}, "2.2.4"),
        log.Fact("case.noted", CASE + 1, {}),
        log.Fact("case.classified", CASE, {"kind": "complaint"}),
    ]

    with transaction.atomic():
        made = log.append_all(facts, by=BOBO, at=AT)

    assert [(e.stream, e.seq, e.kind) for e in made] == [
        (CASE, 2, "case.noted"),
        (CASE + 1, 1, "case.noted"),
        (CASE, 3, "case.classified"),
    ]
    assert whole(CASE) is whole(CASE + 1) is None
    assert Pending.objects.count() == Event.objects.count() == 4


@pytest.mark.django_db
def test_several_facts_are_the_rows_of_one_by_one() -> None:
    facts = [
        log.Fact("case.noted", CASE, {"number": "TS1\n“引号”\\", "round": 1}, "2.2.4"),
        log.Fact("case.noted", CASE + 1, {}),
        log.Fact("clock.missed", CASE, {"promises": ["C-1.4-1", "C-1.2-2"], "round": 1}, "2.3.3"),
    ]

    with transaction.atomic():
        for fact in facts:
            log.append(
                fact.kind, stream=fact.stream, by=BOBO, at=AT, clause=fact.clause, **fact.data
            )
        one_by_one = written()
        transaction.set_rollback(True)
    with transaction.atomic():
        log.append_all(facts, by=BOBO, at=AT)

    assert written() == one_by_one


def written() -> list[dict[str, object]]:
    columns = [field.attname for field in Event._meta.concrete_fields]
    return [
        {k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()}
        for row in Event.objects.order_by("stream", "seq").values(*columns)
    ]


@pytest.mark.django_db
def test_one_wrong_fact_among_several_and_none_is_said() -> None:
    facts = [log.Fact("case.noted", CASE, {}), log.Fact("case.exploded", CASE + 1, {})]

    with pytest.raises(ValueError, match=r"case\.exploded"), transaction.atomic():
        log.append_all(facts, by=BOBO, at=AT)

    assert not Event.objects.exists()


def test_writers_of_the_same_streams_never_wait_for_each_other_in_a_circle(
    fresh_db: Urls, at_once: Any
) -> None:
    def write(streams: list[int]) -> None:
        facts = [log.Fact("case.noted", stream, {}) for stream in streams]
        for _ in range(25):
            with transaction.atomic():
                log.append_all(facts, by=BOBO, at=AT)
            with transaction.atomic():
                log.hold(streams)
                for stream in streams:
                    log.append("case.noted", stream=stream, by=BOBO, at=AT)

    there = [CASE + n for n in range(4)]
    at_once(partial(write, there), partial(write, there[::-1]))

    assert [whole(stream) for stream in there] == [None] * 4
    assert Event.objects.filter(stream=CASE).count() == 100


TAMPERING = [
    "UPDATE events_event SET clause = '9.9'",
    "DELETE FROM events_event",
    "TRUNCATE events_event",
    "UPDATE events_event SET clause = '9.9' WHERE false",
    "DELETE FROM events_dayseal",
    "TRUNCATE events_dayseal",
]


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_log_only_grows_for_its_owner_too(fresh_db: Urls, statement: str) -> None:
    say()
    with psycopg.connect(fresh_db.owner) as owner:
        owner.execute("SET LOCAL session_replication_role = replica")  # hides other triggers
        with pytest.raises(psycopg.errors.RestrictViolation, match=r"only grows.*append-only"):
            owner.execute(statement)
    assert whole(CASE) is None


@pytest.mark.django_db
@pytest.mark.parametrize("statement", TAMPERING)
def test_the_application_has_not_even_the_right_to_change_the_log(statement: str) -> None:
    with (
        pytest.raises((ProgrammingError, IntegrityError), match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_every_step_says_a_kind_that_is_in_the_catalogue() -> None:
    from bihuan.cases.lifecycle import CASE as LIFECYCLE

    actions = {step.action for step in LIFECYCLE.steps.values()} | {"file"}
    assert actions == catalog.KIND_OF.keys()
    assert set(catalog.KIND_OF.values()) <= catalog.CATALOG.keys()


def test_every_kind_has_words_a_clause_and_an_icon_that_exists() -> None:
    from lucide import IconDoesNotExist
    from lucide.templatetags.lucide import lucide

    for name, kind in catalog.CATALOG.items():
        assert all((kind.label, kind.label_en, kind.clause)), name
        try:
            assert "<svg" in lucide(kind.icon)
        except IconDoesNotExist:
            pytest.fail(f"{name}: no icon {kind.icon}")
