"""What a machine is not sure of is decided by people; who sees a mail, and how long it stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bihuan.accounts.models import Reveal
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.events.models import Event
from bihuan.mail import commands, queries
from bihuan.mail.parsing.letter import Letter
from bihuan.mail.reader import Reader
from bihuan.mail.tests import letters
from bihuan.mail.tests.stories import answer_to, case_of, letter_sent, taken
from bihuan.notify import queries as notices

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_what_a_list_sends_is_held_and_a_person_may_open_it_from_its_arrival(
    home: House, reader: Reader
):
    row = taken(letters.mail(headers={"List-Id": "<all.example.com>"}), reader)
    assert (row.state, row.reason, row.case_id) == ("held", "list", 0)

    done = commands.open_by_hand(
        mail_id=row.id, reader=reader, by=home.bo_bo, at=FRIDAY + timedelta(hours=3)
    )

    assert done.state == "opened"
    assert case_of(done).received_at == FRIDAY
    assert done.decided_by == home.bo_bo.id


def test_a_held_answer_to_our_letter_joins_its_case_when_somebody_opens_it(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    letter = letter_sent(case)
    raw = letters.mail(
        "自动回复那句是误设的，我要的是退款。", subject="自动回复：已登记",
        headers={"In-Reply-To": f"<{notices.reply_token(letter.id)}@localhost>"},
    )  # fmt: skip
    held = taken(raw, reader)

    done = commands.open_by_hand(mail_id=held.id, reader=reader, by=home.bo_bo, at=FRIDAY)

    assert (held.state, held.reason) == ("held", "perhaps_automatic")
    assert (done.state, done.case_id, done.trust) == ("joined", case.id, "reply")
    assert Event.objects.filter(stream=case.id, kind="mail.opened").count() == 1


def test_two_who_open_one_mail_at_once_are_one_who_did(home: House, reader: Reader):
    row = taken(letters.mail(headers={"List-Id": "<all.example.com>"}), reader)
    who = {"mail_id": row.id, "at": FRIDAY}

    class Meanwhile:
        """While this reads, a colleague is quicker."""

        head = reader.head

        def read(self, raw: bytes) -> Letter:
            commands.open_by_hand(reader=reader, by=home.other_agent, **who)
            return reader.read(raw)

    done = commands.open_by_hand(reader=Meanwhile(), by=home.bo_bo, **who)

    assert (done.state, done.decided_by) == ("opened", home.other_agent.id)
    assert Event.objects.filter(kind="mail.opened").count() == 1


def test_who_dismisses_a_mail_says_why_and_it_may_still_be_opened(home: House, reader: Reader):
    row = taken(letters.mail(headers={"List-Id": "<all.example.com>"}), reader)

    commands.dismiss(mail_id=row.id, reason="广告", by=home.bo_bo, at=FRIDAY)
    row.refresh_from_db()
    assert (row.state, row.note) == ("ignored", "广告")

    again = commands.open_by_hand(mail_id=row.id, reader=reader, by=home.bo_bo, at=FRIDAY)
    assert again.state == "opened"


def test_the_bytes_of_what_opened_no_case_are_forgotten_when_their_days_are_over(
    home: House, reader: Reader
):
    kept = taken(letters.mail(), reader)
    gone = taken(letters.mail(headers={"Auto-Submitted": "auto-replied"}), reader)

    assert commands.forget(at=FRIDAY + timedelta(days=29)) == 0
    assert commands.forget(at=FRIDAY + timedelta(days=31)) == 1

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.raw is None, gone.raw is None) == (False, True)


def test_a_look_at_the_original_is_kept_with_its_reason(home: House, reader: Reader):
    raw = letters.mail()
    row = taken(raw, reader)

    shown = commands.open_original(mail_id=row.id, reason="核对用户原话", by=home.bo_bo, at=FRIDAY)

    assert shown == raw
    assert Reveal.objects.get(case_id=row.case_id).reason == "核对用户原话"
    assert Event.objects.filter(stream=row.case_id, kind="person.revealed").exists()


def test_nobody_but_staff_sees_a_mail(home: House, reader: Reader):
    row = taken(letters.mail(), reader)
    owner = Actor(row.person_id, frozenset({Role.CUSTOMER}))

    for by in (owner, home.ding):
        with pytest.raises(NotFound):
            queries.one(row.id, by)


def test_a_mail_of_a_restricted_case_is_seen_by_those_who_see_the_case(home: House, reader: Reader):
    row = taken(letters.mail(), reader)
    Case.objects.filter(id=row.case_id).update(restricted=True, owner_id=home.chen.id)

    with pytest.raises(NotFound):
        queries.one(row.id, home.bo_bo)
    assert queries.listed(home.bo_bo, "opened") == []
    assert [seen.id for seen in queries.listed(home.chen, "opened")] == [row.id]


def test_n08_what_answers_a_closed_case_is_closed_too_though_it_made_none(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Case.objects.filter(id=case.id).update(restricted=True, owner_id=home.chen.id)

    row = taken(
        answer_to(message, "我住在三号楼，正在休假。", headers={"Auto-Submitted": "auto-replied"}),
        reader,
    )

    assert (row.state, row.case_id) == ("ignored", case.id)
    with pytest.raises(NotFound):
        queries.one(row.id, home.bo_bo)
    assert queries.listed(home.bo_bo, "ignored") == []


def test_older_mails_are_reached_page_by_page(home: House, reader: Reader):
    rows = [taken(letters.mail(headers={"List-Id": "<x.example>"}), reader) for _mail in range(3)]

    first = queries.listed(home.bo_bo, "held", most=2)
    second = queries.listed(home.bo_bo, "held", before=first[-1].id, most=2)

    assert [seen.id for seen in (*first, *second)] == sorted((r.id for r in rows), reverse=True)
