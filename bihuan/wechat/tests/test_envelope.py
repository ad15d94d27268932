"""6.08, N35: what WeChat sends is signed, opened and read as it says, and nothing clever is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.wechat.rules import envelope
from bihuan.wechat.rules.said import read
from bihuan.wechat.tests.chat import AES_KEY, TOKEN, xml

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
# WeChat's own example, as its demonstration programs have it
STAMP, NONCE, APP_ID = "1409735669", "1320562132", "wx2c2769f8efd9abc2"
SIGNED = "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
SEALED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8"
    "PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jis"
    "a+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6"
    "X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl"
    "9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_n35_weixins_own_example_is_signed_and_opened_as_it_says():
    assert envelope.is_signed(SIGNED, TOKEN, STAMP, NONCE, SEALED)

    said = read(envelope.fields(envelope.opened(AES_KEY, SEALED, APP_ID)))

    assert (said.openid, said.kind, said.text) == (
        "oyORnuP8q7ou2gfYjqLzSIWZf0rs", "text", "abcdteT",
    )  # fmt: skip
    assert said.at == datetime.fromtimestamp(1409735668, UTC)


def test_n35_one_letter_changed_is_not_signed_and_another_account_cannot_open_it():
    assert not envelope.is_signed(SIGNED, TOKEN, STAMP, NONCE, "i" + SEALED[1:])
    assert not envelope.is_signed(SIGNED, "another", STAMP, NONCE, SEALED)
    for app_id, key in (("wx0000000000000000", AES_KEY), (APP_ID, bytes(32))):
        with pytest.raises(envelope.Unreadable):
            envelope.opened(key, SEALED, app_id)


@pytest.mark.parametrize("sealed", ["", "AAAA", "不是", SEALED[:-4], SEALED[:64]])
def test_what_is_not_encrypted_for_us_is_unreadable(sealed: str):
    with pytest.raises(envelope.Unreadable):
        envelope.opened(AES_KEY, sealed, APP_ID)


def test_an_answer_is_encrypted_so_that_it_opens_again_whatever_its_length():
    for length in range(70):
        said = ("好" * length).encode()
        sealed = envelope.sealed(AES_KEY, said, APP_ID, b"0123456789abcdef")
        assert envelope.opened(AES_KEY, sealed, APP_ID) == said


def test_a_passive_answer_says_to_whom_and_holds_no_markup_of_ours():
    raw = envelope.reply("<a>&]]>", to="o1", sender="gh_1", at=AT)

    found = envelope.fields(raw)

    assert (found["ToUserName"], found["FromUserName"]) == ("o1", "gh_1")
    assert found["Content"] == "<a>&]]>"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
)


@pytest.mark.parametrize(
    "raw",
    [
        LAUGHS,
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml><MsgType>text</MsgType></xml>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
        "<xml>" + "<a>" * 1000 + "</a>" * 1000 + "</xml>",
        "<xml>" + "".join(f"<a{n}/>" for n in range(1000)) + "</xml>",
        "<xml><Content>" + "哈" * 40_000 + "</Content></xml>",
        "<xml><Content>half",
        "not xml",
        "",
        "<xml>\x00</xml>",
    ],
)
def test_n35_xml_with_entities_depth_or_size_is_refused(raw: str):
    with pytest.raises(envelope.Unreadable):
        envelope.fields(raw.encode())


@pytest.mark.parametrize("gone", ["FromUserName", "CreateTime", "MsgType", "MsgId"])
def test_a_message_that_does_not_say_who_what_and_when_is_none(gone: str):
    given = envelope.fields(xml("text", AT, Content="你好"))
    given.pop(gone)

    with pytest.raises(envelope.Unreadable):
        read(given)


def test_only_five_minutes_around_now_are_now():
    second = timedelta(seconds=1)
    for apart, good in ((timedelta(minutes=5), True), (timedelta(minutes=5) + second, False)):
        for when in (AT + apart, AT - apart):
            assert envelope.is_of_now(str(int(when.timestamp())), AT) is good
    assert not envelope.is_of_now("", AT)
    assert not envelope.is_of_now("٣", AT)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("绑定 1234 5678", "12345678"), ("绑定12345678", "12345678"),
        ("Bind: 1234-5678", "12345678"), ("12345678", ""), ("绑定 1234567", ""),
        ("我要绑定 12345678", ""),
    ],
)  # fmt: skip
def test_a_code_is_a_code_only_with_the_word_so_that_a_number_stays_a_message(text: str, code: str):
    assert read(envelope.fields(xml("text", AT, Content=text))).code == code
