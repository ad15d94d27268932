"""Two that file with one key at the same moment are one case: the database has the last word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bihuan.accounts.models import Person
from bihuan.cases import commands
from bihuan.cases.commands import Contact
from bihuan.cases.models import Case, IdempotencyKey
from bihuan.cases.tests.people import FRIDAY, House, filing, house
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Conflict
from bihuan.events.models import Event

GUEST = Actor(0, frozenset({Role.CUSTOMER}))


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def filed(home: House, digest: bytes, answer: Callable[..., bytes]) -> commands.Filed:
    return commands.file(
        filing=filing(person_id=home.ai_li.id),  # known, so that nobody waits for her row
        key="k",
        digest=digest,
        answer=answer,
        by=home.ai_li,
        at=FRIDAY,
    )


def meanwhile(home: House, digest: bytes) -> Callable[..., bytes]:
    """An answer in whose making somebody else files with the same key, and is done first."""

    def other() -> None:
        filed(home, digest, lambda case, rows: b"first")
        connection.close()

    def answer(*_: object) -> bytes:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=20)
        return b"second"

    return answer


def test_whoever_comes_second_by_a_hair_gets_the_first_answer(home: House):
    mine = filed(home, b"a", meanwhile(home, b"a"))

    assert (mine.replayed, mine.answer) == (True, b"first")
    assert Case.objects.count() == Event.objects.filter(kind="case.filed").count() == 1


def test_and_with_another_body_a_refusal(home: House):
    with pytest.raises(Conflict):
        filed(home, b"a", meanwhile(home, b"b"))

    assert Case.objects.count() == 1


def test_two_who_file_for_the_same_new_person_file_two_cases_of_one_person(home: House):
    before = Person.objects.count()
    others: list[threading.Thread] = []

    def file(answer: Callable[..., bytes]) -> None:
        commands.file(
            filing=filing(contact=Contact(phone="13912345678")),
            answer=answer, by=home.bo_bo, at=FRIDAY,
        )  # fmt: skip

    def other() -> None:
        file(lambda case, rows: b"")
        connection.close()

    def answer(*_: object) -> bytes:
        if not others:
            others.append(threading.Thread(target=other))
            others[0].start()
            others[0].join(timeout=20)
        return b""

    file(answer)

    assert Case.objects.count() == Event.objects.filter(kind="case.filed").count() == 2
    assert Case.objects.values("person_id").distinct().count() == 1
    assert Person.objects.count() == before + 1


def test_a_clash_that_is_no_replay_is_a_bug_and_crashes(home: House):
    def doubled(case: Case, rows: object) -> bytes:
        Case.objects.bulk_create([case])
        return b""

    with pytest.raises(IntegrityError), transaction.atomic():
        filed(home, b"a", doubled)

    assert not Case.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_guest_who_stands_before_the_wall_of_another_case_still_gets_the_first_answer(
    home: House,
):
    """The second press of somebody who was let in to one case, filing another."""
    other = commands.file(filing=filing(), by=home.ai_li, at=FRIDAY).case
    given = {"filing": filing(person_id=home.ding.id), "key": "k", "by": GUEST, "at": FRIDAY}
    first = commands.file(**given).case

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bihuan.person', %s, true),"
            " set_config('bihuan.guest_case', %s, true)",
            [str(other.person_id), str(other.id)],
        )
        again = commands.file(**given)
        hidden = Case.objects.filter(id=first.id).exists()

    assert (again.replayed, again.case.number, hidden) == (True, first.number, False)


def test_one_visit_to_a_form_is_one_case_and_with_other_words_another(home: House):
    given = {"visit": "v" * 24, "by": home.ai_li, "at": FRIDAY}

    first, again, edited = (
        commands.file_once(filing=filing(person_id=home.ai_li.id, text=text), **given)
        for text in ("底座开裂", "底座开裂", "底座开裂，屏幕也碎了")
    )

    assert again.case.id == first.case.id != edited.case.id
    assert (again.replayed, edited.replayed) == (True, False)
