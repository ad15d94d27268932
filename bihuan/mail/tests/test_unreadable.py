"""What cannot be read is filed all the same, and says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bihuan.accounts import queries as persons
from bihuan.cases.models import Clock
from bihuan.cases.tests.people import FRIDAY
from bihuan.mail import commands, queries, rules
from bihuan.mail.parsing.letter import Letter
from bihuan.mail.reader import Unreadable
from bihuan.mail.tests import letters
from bihuan.mail.tests.stories import case_of, taken

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Broken:
    """Reads nothing, as a mail made to kill its reader leaves it."""

    def __init__(self, *, head: Letter | None = None, fault: Exception | None = None) -> None:
        self._head, self._fault = head, fault or Unreadable("took_too_long")

    def read(self, raw: bytes) -> Letter:
        raise self._fault

    def head(self, raw: bytes) -> Letter:
        if self._head is None:
            raise Unreadable("reader_died")
        return self._head


def test_what_cannot_be_read_is_a_case_that_says_so_with_its_clocks_running(home: House):
    head = Letter(from_email="wang.fang@example.com", subject="投诉商家", problems=())

    row = taken(letters.mail(), Broken(head=head))

    case = case_of(row)
    assert case.subject == "【待阅读】投诉商家"
    assert row.problems == ["took_too_long", "only_the_head"]
    assert Clock.objects.filter(case_id=case.id).exists()
    assert queries.raw_of(row) is not None


def test_without_even_a_head_the_envelope_says_who_it_was(home: House):
    row = taken(b"\x00\xff" * 50, Broken())

    case = case_of(row)
    assert case.subject == "【待阅读】没有读出的邮件"
    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"


def test_a_mail_that_fails_each_time_is_filed_at_its_last_try(home: House):
    broken = Broken(fault=RuntimeError("a bug of ours"))
    row = commands.keep(
        [commands.Came(raw=letters.mail(), via="smtp", recipients=(letters.OURS,),
                       sender="wang.fang@example.com")],
        at=FRIDAY,
    )[0]  # fmt: skip

    states = []
    at = FRIDAY
    for _try in range(rules.TRIES):
        for leased in commands.lease(at):
            states.append(commands.take(leased, broken, at=at).state)
        at += timedelta(hours=1)

    row.refresh_from_db()
    assert states == ["waiting", "waiting", "opened"]
    assert row.problems == ["could_not_be_filed"]
    assert case_of(row).received_at == FRIDAY


def test_two_takers_never_hold_the_same_mail(home: House):
    commands.keep([commands.Came(raw=letters.mail(), via="smtp")], at=FRIDAY)

    assert len(commands.lease(FRIDAY)) == 1
    assert commands.lease(FRIDAY) == []
