"""From kept bytes to a case on its clocks, once, with its files and its words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as persons
from bihuan.accounts.commands import Contact
from bihuan.cases import queries as cases
from bihuan.cases.models import Case, Clock, Entry, File
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import SYSTEM
from bihuan.mail import commands, queries, rules
from bihuan.mail.models import Received
from bihuan.mail.parsing.letter import Letter
from bihuan.mail.reader import Reader
from bihuan.mail.tests import letters
from bihuan.mail.tests.stories import case_of, taken

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_complaint_becomes_a_case_on_its_clocks_since_it_arrived(home: House, reader: Reader):
    row = taken(letters.mail(files={"photo.jpg": letters.photo()}), reader)

    case = case_of(row)
    assert (row.state, case.kind, case.channel) == ("opened", "complaint", "email")
    assert case.received_at == FRIDAY
    assert case.subject == "投诉：破壁机漏水，商家拒绝退货"
    assert Clock.objects.filter(case_id=case.id, milestone="complaint.accepted").exists()
    entry = Entry.objects.get(case_id=case.id)
    assert (entry.voice, entry.id) == ("user", row.entry_id)
    assert "底座开裂漏水" in entry.text
    assert [f.content_type for f in File.objects.filter(case_id=case.id)] == ["image/jpeg"]
    assert persons.contact(case.person_id, "email") == "wang.fang@example.com"
    assert persons.shown([case.person_id], SYSTEM)[case.person_id].name


def test_an_old_national_encoding_is_read_to_its_rare_letters(home: House, reader: Reader):
    row = taken(
        letters.in_chinese_national_encoding({"照片.jpg": letters.photo()}), reader,
        sender="li@example.com",
    )  # fmt: skip

    case = case_of(row)
    assert case.subject == "投诉：手机屏幕不亮"
    assert "李𬎆" in Entry.objects.get(case_id=case.id).text
    assert File.objects.get(case_id=case.id).name == "照片.jpg"


def test_an_enquiry_is_filed_as_one(home: House, reader: Reader):
    row = taken(letters.mail("请问会员积分什么时候到账？", subject="积分"), reader)

    assert case_of(row).kind == "enquiry"


def test_its_bytes_are_kept_under_the_key_of_its_person(home: House, reader: Reader):
    raw = letters.mail()

    row = taken(raw, reader)

    assert queries.raw_of(row) == raw
    assert row.person_id == case_of(row).person_id
    assert "破壁机".encode() not in bytes(row.raw)


def test_the_same_mail_by_three_ways_five_times_is_one_case(home: House, reader: Reader):
    raw = letters.mail()
    by_imap = b"Received: from mx.example.com\r\nDelivered-To: service@localhost\r\n" + raw
    unix = raw.replace(b"\r\n", b"\n")

    rows = [
        taken(raw, reader),
        taken(raw, reader),
        taken(by_imap, reader, via="imap", recipients=(), sender=None),
        taken(unix, reader, via="pipe", recipients=(), sender=None),
        taken(by_imap, reader, via="imap", recipients=(), sender=None),
    ]

    assert [row.state for row in rows] == ["opened", *["duplicate"] * 4]
    assert {row.case_id for row in rows} == {rows[0].case_id}
    assert Case.objects.count() == 1


def test_one_message_id_with_other_words_is_another_mail(home: House, reader: Reader):
    first = taken(letters.mail("第一封，要投诉。", id="<same@example.com>"), reader)
    second = taken(letters.mail("第二封，完全不同。", id="<same@example.com>"), reader)

    assert {first.state, second.state} == {"opened"}
    assert first.case_id != second.case_id


def test_n24_a_mail_in_the_name_of_a_colleague_has_no_more_rights_than_any(
    home: House, reader: Reader
):
    row = taken(
        letters.mail("请直接办结所有案件。", sender="陈主管 <chen@example.com>",
                     headers={"Reply-To": "evil@example.org"}),
        reader,
    )  # fmt: skip

    case = case_of(row)
    assert (row.state, row.trust) == ("opened", "none")
    assert Entry.objects.get(case_id=case.id).voice == "user"


def test_a_domain_vouches_only_by_the_word_of_our_own_server(
    home: House, reader: Reader, settings: Any
):
    settings.MAIL_AUTHORITY = "mx.mall.example"
    ours = "mx.mall.example; dmarc=pass header.from=example.com"

    good = taken(letters.mail(headers={"Authentication-Results": ours}), reader)
    theirs = ours.replace("mx.mall.example", "mx.evil.example")
    forged = taken(letters.mail(headers={"Authentication-Results": theirs}), reader)
    other = taken(
        letters.mail(sender="a@bank.example", headers={"Authentication-Results": ours}), reader
    )

    assert [row.trust for row in (good, forged, other)] == ["domain", "none", "none"]


def test_a_file_of_a_kind_that_is_no_evidence_stays_in_the_original_and_says_why(
    home: House, reader: Reader
):
    files = {"合同.docx": b"PK\x03\x04 not really", "a.jpg": letters.photo()}
    row = taken(letters.mail(files=files), reader)

    fates = {part["name"]: part["why"] for part in row.parts}
    assert fates == {"合同.docx": "kind_not_allowed", "a.jpg": ""}
    assert File.objects.filter(case_id=row.case_id).count() == 1


def test_files_that_cannot_be_looked_at_just_now_are_waited_for_a_little(
    home: House, reader: Reader, settings: Any
):
    """A scanner that starts anew is away for seconds; one that stays away holds up no case."""
    raw, later = letters.mail(files={"a.jpg": letters.photo()}), FRIDAY + timedelta(minutes=9)
    settings.CLAMD = "/nowhere/clamd.ctl"
    row, plain = taken(raw, reader), taken(letters.mail("没有附件"), reader)
    assert (row.state, row.tries, plain.state) == ("waiting", 1, "opened")

    for tries in (2, 3):
        Received.objects.filter(id=row.id).update(tries=tries)
        row.refresh_from_db()
        commands.take(row, reader, at=later)

    row.refresh_from_db()
    assert (row.state, row.parts[0]["why"]) == ("opened", "not_scanned")
    assert case_of(row).received_at == FRIDAY


def test_words_that_no_case_takes_are_cleaned_and_a_mail_of_files_alone_says_so(
    home: House, reader: Reader
):
    dirty = taken(letters.mail("投诉\x07：商家\u202e骗人", subject="脏\u202e字"), reader)
    bare = taken(letters.mail(" ", files={"a.jpg": letters.photo()}), reader)

    assert "\u202e" not in case_of(dirty).subject
    assert "只有附件" in Entry.objects.get(case_id=bare.case_id).text


def test_a_long_mail_is_kept_as_far_as_a_case_takes_it_and_says_where_the_rest_is(
    home: House, reader: Reader
):
    row = taken(letters.mail("投诉内容很长。" * 6000), reader)

    text = Entry.objects.get(case_id=row.case_id).text
    assert len(text) <= 20_000
    assert text.endswith("（邮件正文超过上限，其余部分见原始邮件）")


def test_who_is_known_by_an_address_gets_the_next_case_too(home: House, reader: Reader):
    known = accounts.register_person(
        contact=Contact(name="王芳", email="wang.fang@example.com"), at=FRIDAY
    )

    assert cases.made(taken(letters.mail(), reader).case_id).person_id == known


def test_who_writes_in_english_is_answered_in_english(home: House, reader: Reader):
    text = "My order has not arrived. I want to complain and get my money back."
    new = taken(letters.mail(text, subject="Complaint", sender="joe@example.com"), reader)
    known = taken(letters.mail(), reader)
    again = taken(letters.mail(text, subject="Complaint"), reader, at=FRIDAY + MINUTE)

    said = persons.shown([case_of(row).person_id for row in (new, known, again)], SYSTEM)
    assert said[case_of(new).person_id].locale == "en"
    assert case_of(again).person_id == case_of(known).person_id
    assert said[case_of(known).person_id].locale == "zh-hans"


@pytest.mark.parametrize(
    "result",
    [
        "mx.example; spf=pass smtp.mailfrom=dmarc=pass@evil.example; dmarc=fail header.from=b.cn",
        'mx.example; spf=pass smtp.mailfrom="a; dmarc=pass header.from=b.cn"@evil.example',
        "mx.example; spf=pass (x; dmarc=pass header.from=b.cn) smtp.mailfrom=a@evil.example",
        "mx.example; dmarc=pass header.from=b.cn; dmarc=fail header.from=b.cn",
        "mx.example; dmarc=pass header.from=b.cn.evil.example",
        "mx.evil.example; dmarc=pass header.from=b.cn",
    ],
)
def test_n24_what_a_sender_may_write_into_a_result_vouches_for_nobody(result: str):
    letter = Letter(from_email="ceo@b.cn", authenticated=(result,))

    assert rules.trust(letter, authority="mx.example") == "none"


def test_one_mail_to_two_of_our_addresses_is_one_case_by_whatever_way(
    home: House, reader: Reader, settings: Any
):
    settings.MAIL_ADDRESSES = ("service@localhost", "complaints@localhost")
    raw = letters.mail(to="complaints@localhost, service@localhost")

    rows = [
        taken(raw, reader, recipients=("complaints@localhost",)),
        taken(raw, reader, recipients=("service@localhost",)),
        taken(raw, reader, via="imap", recipients=(), sender=None),
    ]

    assert [row.state for row in rows] == ["opened", "duplicate", "duplicate"]
