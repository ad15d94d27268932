"""A letter stays one letter to one addressee, whatever is put into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import mailbox
from bihuan.notify.providers.letter import address, compose, message_id
from bihuan.notify.providers.mailbox import Mailbox

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)


def outgoing(**changes: str) -> Outgoing:
    given = {"to": "aili@example.com", "subject": "已登记", "body": "您好", "key": "1.1:n:p1:email"}
    return Outgoing(**{**given, **changes})


def letter(**changes: str) -> bytes:
    made = compose(outgoing(**changes), sender="service@mall.example", name="优选商城", at=AT)
    return made.as_bytes()


@pytest.mark.parametrize("header", ["to", "subject"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\u2028"])
def test_no_header_breaks_out_of_its_line(header: str, end: str):
    try:
        raw = letter(**{header: f"a@b.example{end}Bcc: thief@evil.example"})
    except Undeliverable:
        return
    read = message_from_bytes(raw, policy=default)
    assert read["Bcc"] is None
    assert sorted(set(read.keys())) == sorted(set(message_from_bytes(letter(), policy=default)))


@pytest.mark.parametrize(
    "bad",
    ["", "a", "@b.example", "a@", "a@b@c.example", "a@b.example,c@d.example", "<a@b.example>",
     "a b@c.example", "a@b.example\nc@d.example", '"a"@b.example', "a@" + "b" * 300,
     "a@b..example"],
)  # fmt: skip
def test_what_is_not_one_address_is_undeliverable(bad: str):
    with pytest.raises(Undeliverable):
        address(bad)


def test_an_address_on_a_chinese_domain_travels_in_its_ascii_form():
    assert address("aili@商城.中国").addr_spec == "aili@xn--czru2d.xn--fiqs8s"


def test_the_same_key_is_the_same_message_id_and_tells_nothing():
    one, again = letter(key="4.2:n:p7:email"), letter(key="4.2:n:p7:email", body="改")

    ids = {message_from_bytes(raw, policy=default)["Message-ID"] for raw in (one, again)}

    assert ids == {message_id(outgoing(key="4.2:n:p7:email"), "service@mall.example")}
    assert "p7" not in ids.pop()


def test_text_and_html_say_the_same_and_markup_stays_text():
    body = "第一段 <script>alert(1)</script>\n第二行\n\n进度：http://mall.example/c/TS1/?a=1&b=2。"
    read = message_from_bytes(letter(body=body), policy=default)

    plain, html = ("\n".join(part.get_content().splitlines()) for part in read.iter_parts())

    assert plain == body
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    url = "http://mall.example/c/TS1/?a=1&amp;b=2"
    assert f'<a href="{url}">{url}</a>。' in html


def test_a_robot_is_told_not_to_answer():
    read = message_from_bytes(letter(), policy=default)

    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == AT


def test_the_local_mailbox_keeps_a_letter_once(tmp_path: Path):
    for later in (0, 1):
        box = Mailbox(
            folder=tmp_path / "mailbox", sender="service@mall.example",
            at=AT + timedelta(hours=later),
        )  # fmt: skip
        receipt = box.send(outgoing(body="您好，爱丽"))

    found = list(mailbox.letters(tmp_path / "mailbox"))

    assert [(one.name, one.to, one.subject, one.at) for one in found] == [
        (receipt, "aili@example.com", "已登记", AT)
    ]
    assert mailbox.letter(tmp_path / "mailbox", receipt).text.strip() == "您好，爱丽"  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("name", ["../secret", "x", "", "a" * 40, "..", "A" * 40])
def test_a_name_that_is_no_letters_finds_nothing(tmp_path: Path, name: str):
    (tmp_path / "secret.eml").write_text("x")

    assert mailbox.letter(tmp_path / "mailbox", name) is None


def test_an_empty_mailbox_is_no_error(tmp_path: Path):
    assert list(mailbox.letters(tmp_path / "mailbox")) == []


def test_a_letter_names_the_mails_it_answers_as_they_are_however_long():
    first, last = "<1@example.com>", f"<{'x' * 200}@example.com>"

    message = replace(outgoing(), answers=(first, "<bad>\r\nBcc: a@b>", last))
    raw = compose(message, sender="service@mall.example", name="", at=AT).as_bytes()

    back = message_from_bytes(raw, policy=default)
    assert back["In-Reply-To"] == last
    assert str(back["References"]).split() == [first, last]
    assert back["Bcc"] is None
