"""What answers a letter of ours joins its case; what a robot sends opens none (N10, N23, N26)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as persons
from bihuan.cases.models import Case, Entry, File
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.mail.reader import Reader
from bihuan.mail.tests import letters
from bihuan.mail.tests.stories import answer_to, case_of, letter_sent, taken
from bihuan.notify import queries as notices
from bihuan.notify.models import Message

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_an_answer_to_our_letter_joins_its_case(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)

    answer = answer_to(message, files={"again.jpg": letters.photo(50)})
    row = taken(answer, reader, at=FRIDAY + MINUTE)

    assert (row.state, row.case_id, row.trust) == ("joined", case.id, "reply")
    said = Entry.objects.get(id=row.entry_id)
    assert (said.channel, said.voice) == ("email", "user")
    assert "又没有回电" in said.text
    assert File.objects.filter(case_id=case.id).count() == 1
    assert Case.objects.count() == 1


def test_an_answer_by_the_tagged_address_joins_too(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    token = notices.reply_token(letter_sent(case).id)

    row = taken(
        letters.mail("补充材料见下。", subject="材料"), reader, at=FRIDAY + MINUTE,
        recipients=(f"service+{token.upper()}@localhost",),
    )  # fmt: skip

    assert (row.state, row.case_id) == ("joined", case.id)


def test_n23_an_altered_token_or_a_number_in_the_subject_opens_a_case_of_its_own(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    token = notices.reply_token(message.id)
    altered = token[:-1] + ("a" if token[-1] != "a" else "b")

    for raw in (
        letters.mail("加入这件。", headers={"In-Reply-To": f"<{altered}@localhost>"}),
        letters.mail("加入这件。", subject=f"回复：{case.number}"),
        letters.mail("加入这件。", to=f"service+{altered}@localhost"),
    ):
        row = taken(raw, reader, at=FRIDAY + MINUTE)
        assert row.state == "opened"
        assert row.case_id != case.id
    assert Entry.objects.filter(case_id=case.id).count() == 1


def test_n10_an_answer_from_another_address_joins_but_is_shown_as_unproved(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)

    row = taken(answer_to(message, sender="x@other.example"), reader, at=FRIDAY + MINUTE)

    assert (row.state, row.case_id, row.trust) == ("joined", case.id, "other_address")
    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"


def test_an_answer_to_what_takes_no_more_opens_a_case_of_the_same_person(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Case.objects.filter(id=case.id).update(state="withdrawn", ended_at=FRIDAY)

    row = taken(answer_to(message), reader, at=FRIDAY + MINUTE)

    new = case_of(row)
    assert row.state == "opened"
    assert new.person_id == case.person_id
    told = Event.objects.filter(kind__in=("case.follows", "case.followed_by"))
    assert {e.stream: (e.kind, e.data["other"]) for e in told} == {
        new.id: ("case.follows", case.number),
        case.id: ("case.followed_by", new.number),
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
    ],
)
def test_n26_an_automatic_answer_opens_nothing(
    home: House, reader: Reader, headers: dict[str, str]
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)

    row = taken(answer_to(message, "我在休假。", headers=headers), reader, at=FRIDAY + MINUTE)

    assert row.state == "ignored"
    assert Entry.objects.filter(case_id=case.id).count() == 1


def test_n26_what_the_null_sender_sends_is_no_person_s(home: House, reader: Reader):
    assert taken(letters.mail(), reader, sender="").state == "ignored"


def test_n26_our_own_letter_coming_back_opens_nothing(home: House, reader: Reader):
    row = taken(letters.mail(sender=f"优选商城 <{letters.OURS}>"), reader)

    assert (row.state, row.reason) == ("held", "from_ourselves")


def test_a_bounce_says_so_of_the_letter_and_stops_the_next_ones(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Message.objects.filter(id=message.id).update(state="sent")
    original = f"<{notices.reply_token(message.id)}@localhost>"

    row = taken(letters.bounce(original), reader, sender="", at=FRIDAY + MINUTE)

    message.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "bounce")
    assert (message.state, message.error) == ("dead", "bounced 5.1.1")
    assert persons.shown([case.person_id], SYSTEM)[case.person_id].mail_fails
    assert persons.contact(case.person_id, "email") is None
    assert Event.objects.filter(stream=case.id, kind="person.mail_failed").exists()


def test_mail_from_an_address_shows_that_it_works_again(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    accounts.mail_failed(person_id=case.person_id, by=SYSTEM, at=FRIDAY)

    taken(letters.mail("我的邮箱恢复了，继续投诉。"), reader, at=FRIDAY + MINUTE)

    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"


def test_a_full_mailbox_says_nothing_of_the_address(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Message.objects.filter(id=message.id).update(state="sent")
    original = f"<{notices.reply_token(message.id)}@localhost>"

    taken(letters.bounce(original, status="5.2.2"), reader, sender="", at=FRIDAY + MINUTE)

    message.refresh_from_db()
    assert message.state == "dead"
    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"


def test_several_answers_at_once_each_keep_their_own_words_and_trust(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    own = taken(answer_to(message, "我自己的话。"), reader, at=FRIDAY + MINUTE)
    # another process has ids in reserve that are higher than all that are made now
    Entry.objects.filter(id=own.entry_id).update(id=2**52)

    other = taken(
        answer_to(message, "别人的话。", sender="x@other.example"), reader, at=FRIDAY + MINUTE
    )

    assert other.trust == "other_address"
    assert Entry.objects.get(id=other.entry_id).text == "别人的话。"


def test_a_stranger_who_holds_a_letter_of_an_ended_case_opens_one_of_their_own(
    home: House, reader: Reader
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Case.objects.filter(id=case.id).update(state="withdrawn", ended_at=FRIDAY)

    row = taken(answer_to(message, sender="x@other.example"), reader, at=FRIDAY + MINUTE)

    assert row.state == "opened"
    assert case_of(row).person_id != case.person_id


def test_n10_a_mail_nobody_vouches_for_names_nobody_who_is_known(home: House, reader: Reader):
    known = accounts.register_person(
        contact=accounts.Contact(email="wang.fang@example.com"), at=FRIDAY
    )

    row = taken(letters.mail(sender="大骗子 <wang.fang@example.com>"), reader)

    assert case_of(row).person_id == known
    assert persons.shown([known], SYSTEM)[known].name == ""


@pytest.mark.parametrize("sender", ["evil@evil.example", ""])
def test_a_report_is_believed_from_the_null_sender_and_of_the_address_it_went_to(
    home: House, reader: Reader, sender: str
):
    case = case_of(taken(letters.mail(), reader))
    message = letter_sent(case)
    Message.objects.filter(id=message.id).update(state="sent")
    report = letters.bounce(f"<{notices.reply_token(message.id)}@localhost>")
    if not sender:
        report = report.replace(b"rfc822; wang.fang@example.com", b"rfc822; nobody@evil.example")

    taken(report, reader, sender=sender, at=FRIDAY + MINUTE)

    message.refresh_from_db()
    assert message.state == "sent"
    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("自动回复：你们客服只会自动回复", "我投诉你们的客服，只会发自动回复。"),
        ("Delivery failed", "My parcel could not be delivered to my address. I want my money."),
    ],
)
def test_n26_what_only_sounds_like_a_robot_s_is_left_to_a_person(
    home: House, reader: Reader, subject: str, text: str
):
    sender = "Mailbox Services <orders@example.com>"

    row = taken(letters.mail(text, subject=subject, sender=sender), reader)

    assert row.state == "held"


def test_a_tagged_address_of_ours_is_ours_too(home: House, reader: Reader):
    assert taken(letters.mail(sender="service+abc@localhost"), reader).state == "held"


def test_of_many_files_in_an_answer_each_has_its_fate(home: House, reader: Reader):
    case = case_of(taken(letters.mail(), reader))
    files = {f"{number}.jpg": letters.photo(number) for number in range(11)} | {"a.zip": b"PK\x03"}

    row = taken(answer_to(letter_sent(case), files=files), reader, at=FRIDAY + MINUTE)

    whys = [part["why"] for part in row.parts]
    assert whys == [""] * 9 + ["too_many_files"] * 3


def test_thanks_above_a_quoted_letter_are_no_complaint(home: House, reader: Reader):
    wrote = "在 2026-02-13 16:00:00，客服 <service@localhost> 写道："
    quoted = f"好的，谢谢你们！\n\n{wrote}\n> 您的投诉已撤回。\n"

    row = taken(letters.mail(quoted, subject="谢谢"), reader)

    assert case_of(row).kind == "enquiry"
