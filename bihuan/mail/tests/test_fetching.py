"""What lies in a mailbox is kept once, in order, whatever the server says (RFC 3501)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, house
from bihuan.config.ways_in import Imap
from bihuan.mail import commands, fetching, queries
from bihuan.mail.models import Mailbox, Received
from bihuan.mail.reader import Reader
from bihuan.mail.tests import dovecot, letters, liar

if TYPE_CHECKING:
    from pathlib import Path

    from bihuan.mail.tests.liar import Liar

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=2)


@pytest.fixture
def server(settings: Any) -> Iterator[Liar]:
    with liar.running() as one:
        settings.IMAP = named(one.port)
        settings.MAIL_MAX = 100_000
        yield one


def named(port: int, password: str = dovecot.PASSWORD) -> Imap:
    return Imap(
        host="127.0.0.1", port=port, tls=False, user=dovecot.USER, folder="INBOX", every=20,
        password=password,
    )  # fmt: skip


def look(at: datetime = FRIDAY) -> int:
    return fetching.fetch(lambda: at)


def kept() -> list[bytes | None]:
    return [queries.raw_of(row) for row in Received.objects.order_by("id")]


def test_new_mails_are_kept_once_and_in_order(server: Liar):
    server.mails = {3: letters.mail("一，投诉。"), 9: letters.mail("二，投诉。")}

    assert look() == 2
    server.mails[12] = letters.mail("三，投诉。")
    assert look(FRIDAY + LATER) == 1

    assert kept() == [server.mails[3], server.mails[9], server.mails[12]]
    assert server.fetched == [3, 9, 12]
    assert Mailbox.objects.get().last_uid == 12


def test_a_mail_counts_from_when_it_reached_the_mailbox(server: Liar):
    server.mails = {1: letters.mail()}

    look()

    assert Received.objects.get().arrived_at == datetime(2026, 2, 13, 7, 59, 30, tzinfo=UTC)


def test_between_two_looks_lies_the_interval(server: Liar):
    assert look() == 0
    server.mails = {1: letters.mail()}

    assert look(FRIDAY + timedelta(seconds=19)) == 0
    assert look(FRIDAY + timedelta(seconds=20)) == 1


def test_another_uidvalidity_means_other_mails_which_are_all_looked_at(server: Liar):
    server.mails = {1: letters.mail(), 2: letters.mail("第二封投诉。")}
    look()
    server.validity, server.mails = 8, {1: letters.mail("搬家后的新信，投诉。"), **server.mails}

    assert look(FRIDAY + LATER) == 2

    assert len(kept()) == 4


def test_f10_a_hundred_thousand_mails_are_caught_up_with_in_several_looks(
    server: Liar, monkeypatch: pytest.MonkeyPatch
):
    server.mails = {uid: b"Subject: x\r\n\r\n" + str(uid).encode() for uid in range(1, 1301, 2)}
    server.mails[4_000_000_001] = b"Subject: far\r\n\r\nfar"
    at, looks = FRIDAY, 0

    while look(at):
        looks += 1
        at += timedelta(seconds=1)

    assert looks == 3  # 300, 300, 51: no pause in between
    assert len(server.fetched) == len(set(server.fetched)) == len(server.mails)
    assert Mailbox.objects.get().last_uid == 4_000_000_001


def test_a_mail_longer_than_the_house_takes_is_kept_as_far_as_it_goes(server: Liar):
    server.mails = {1: letters.mail() + b"x" * 300_000}

    look()

    row = Received.objects.get()
    assert (row.size, row.cut) == (100_000, True)


def test_two_lookers_do_not_look_at_once(server: Liar):
    box = commands.look_into(name=named(server.port).name, at=FRIDAY)

    assert box is not None
    assert commands.look_into(name=named(server.port).name, at=FRIDAY) is None
    assert commands.look_into(name=named(server.port).name, at=FRIDAY + timedelta(hours=1))


@pytest.mark.parametrize(
    "mood", ["huge_literal", "endless_lines", "no_validity", "hangs_up", "nonsense",
             "refuses_login"],
)  # fmt: skip
def test_a_server_that_lies_or_breaks_off_only_makes_the_next_look_later(
    server: Liar, mood: liar.Mood
):
    server.mails, server.mood = {1: letters.mail()}, mood

    assert look() == 0

    box = Mailbox.objects.get()
    assert box.failing_since == FRIDAY
    assert box.fault
    assert dovecot.PASSWORD not in box.fault
    server.mood = "honest"
    assert look(FRIDAY + timedelta(seconds=59)) == 0
    assert look(FRIDAY + LATER) == 1
    assert Mailbox.objects.get().failing_since is None


def test_a_list_of_mails_may_be_no_longer_than_a_list(server: Liar, settings: Any):
    settings.MAIL_MAX = 25_000_000
    server.mails, server.mood = {1: letters.mail()}, "many_uids"

    assert look() == 0
    assert "more than it was asked for" in Mailbox.objects.get().fault


def test_uids_that_nobody_asked_for_are_not_believed(server: Liar):
    server.mails, server.mood = {1: letters.mail(), 2: letters.mail()}, "strange_uids"

    assert look() == 2
    assert server.fetched == [1, 2]


def test_one_mail_that_is_never_given_holds_up_no_other_and_becomes_a_case(server: Liar):
    server.mails = {1: letters.mail(), 2: letters.mail("后一封投诉。")}
    server.mood, server.spoils = "huge_literal", {1}
    at = FRIDAY

    counts = []
    for _look in range(5):
        counts.append(look(at))
        at += LATER

    assert counts == [0, 0, 0, 2, 0]
    empty, second = Received.objects.order_by("id")
    assert (empty.size, empty.cut) == (0, True)
    assert queries.raw_of(second) == server.mails[2]


@pytest.mark.slow
@pytest.mark.skipif(dovecot.PROGRAM is None, reason="Dovecot is not installed (dovecot-imapd)")
def test_a_real_dovecot_and_the_same_mail_five_times_in_three_ways_are_one_case(
    tmp_path: Path, settings: Any
):
    settings.HOME = tmp_path / "home"
    house()
    raw = letters.in_chinese_national_encoding({"照片.jpg": letters.photo()})
    with dovecot.running() as server, Reader() as reader:
        settings.IMAP = named(server.port)
        for _copy in range(2):
            server.deliver(raw)
        assert look() == 2
        server.forget_uids()  # and so both are found a second time
        assert look(FRIDAY + LATER) == 2
        for via in ("smtp", "pipe"):
            commands.keep([commands.Came(raw=raw, via=via)], at=FRIDAY + LATER)
        for row in commands.lease(FRIDAY + LATER):
            commands.take(row, reader, at=FRIDAY + LATER)
        for row in commands.lease(FRIDAY + LATER):
            commands.take(row, reader, at=FRIDAY + LATER)

    states = list(Received.objects.order_by("id").values_list("state", flat=True))
    assert states == ["opened", *["duplicate"] * 5]
    assert Case.objects.get().subject == "投诉：手机屏幕不亮"


@pytest.mark.skipif(dovecot.PROGRAM is None, reason="Dovecot is not installed (dovecot-imapd)")
def test_a_real_dovecot_says_when_a_password_is_wrong(settings: Any):
    with dovecot.running() as server:
        settings.IMAP = named(server.port, password="wrong")

        assert look() == 0

    assert "AUTHENTICATIONFAILED" in Mailbox.objects.get().fault
