"""What a mail says: its head in every encoding, and its words."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from quopri import encodestring

import pytest

from bihuan.mail.parsing import Letter, head, read

WORDS = "你们平台卖的破壁机底座开裂漏水，商家拒绝退货，我要投诉。"
TAIWAN = "請問我的訂單什麼時候到貨？賣家一直不回覆，要求退款。"
JAPANESE = "商品が届きません。返品したいのですが、カスタマーの返事がありません。"


def mail(body: bytes = b"hello", **fields: str | bytes) -> bytes:
    """A mail with these fields, `_` for `-`, and a body as it stands."""
    lines = [
        name.replace("_", "-").encode() + b": " + (v if isinstance(v, bytes) else v.encode())
        for name, v in fields.items()
    ]
    return b"\r\n".join([*lines, b"", body])


def word(text: str, charset: str, name: str = "") -> str:
    return f"=?{name or charset}?B?{b64encode(text.encode(charset)).decode()}?="


def plain(text: str, charset: str, name: str = "") -> Letter:
    body = text.encode(charset)
    return read(mail(body, Content_Type=f'text/plain; charset="{name or charset}"'))


@pytest.mark.parametrize(
    ("text", "charset", "named"),
    [
        (WORDS, "gbk", "gb2312"),
        ("我叫李𬎆，订单未收到，要求退款。㐂", "gb18030", "GB2312"),
        ("我叫李𬎆，订单未收到，要求退款。㐂", "gb18030", "gbk"),
        (WORDS, "hz", "hz-gb-2312"),
        (TAIWAN, "big5", "Big5"),
        ("我喺度等緊，啲嘢仲未到，佢哋話冇貨", "big5hkscs", "big5"),
        (JAPANESE, "shift_jis", "Shift_JIS"),
        ("①番の商品、㈱髙島屋", "cp932", "shift_jis"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        ("주문한 상품이 아직 안 왔어요", "cp949", "ks_c_5601-1987"),
        ("Где мой заказ?", "koi8-r", "koi8-r"),
        ("Grüße aus Köln – für 5 €", "cp1252", "iso-8859-1"),
        (WORDS, "utf-8", "3Dutf-8"),
        (WORDS, "utf-16", "utf-16"),
    ],
)
def test_the_words_of_a_mail_that_names_its_charset(text: str, charset: str, named: str):
    letter = plain(text, charset, named)

    assert letter.text == text
    assert "bad_charset" not in letter.problems


@pytest.mark.parametrize("named", ["", "x-unknown", "us-ascii", "punycode"])
@pytest.mark.parametrize(
    ("text", "charset"),
    [(WORDS, "gb18030"), (TAIWAN, "big5"), (JAPANESE, "shift_jis"), (WORDS, "utf-8")],
)
def test_a_charset_that_is_not_named_is_found_out(text: str, charset: str, named: str):
    kind = f"text/plain; charset={named}" if named else "text/plain"

    assert read(mail(text.encode(charset), Content_Type=kind)).text == text


@pytest.mark.parametrize(
    ("charset", "named"),
    [("gb18030", "iso-8859-1"), ("utf-8", "iso-8859-1"), ("utf-8", "gb2312"), ("utf-8", "big5")],
)
def test_a_charset_that_is_named_wrongly_is_found_out(charset: str, named: str):
    letter = plain(WORDS, charset, named)

    assert letter.text == WORDS
    assert "bad_charset" in letter.problems


def test_western_words_stay_western():
    german = "Schöne Grüße aus München, das Gerät läuft nicht."

    assert read(mail(german.encode("latin-1"), Content_Type="text/plain")).text == german


def test_utf7_is_not_decoded():
    letter = read(mail(b"+ADw-script+AD4-", Content_Type="text/plain; charset=utf-7"))

    assert letter.text == "+ADw-script+AD4-"
    assert "bad_charset" in letter.problems


def test_japanese_of_windows_in_seven_bits():
    body = b"\x1b$B-!\x1b(B item"  # row 13, which the standard leaves empty

    assert read(mail(body, Content_Type="text/plain; charset=iso-2022-jp")).text == "① item"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (word("投诉：手机屏幕", "gbk", "gb2312"), "投诉：手机屏幕"),
        (f"Re: {word('投诉', 'utf-8')} {word('商家', 'utf-8')} 2", "Re: 投诉商家 2"),
        (f"{word('退款', 'utf-8')}\r\n\t{word('未到', 'gb18030')}", "退款未到"),
        ("=?utf-8?B?5oqV?= =?utf-8?B?6K8=?= =?utf-8?B?iQ==?=", "投诉"),  # a character cut in two
        ("=?utf-8?B?5oqV6?= =?utf-8?B?K+J?=", "投诉"),  # four signs of base64 cut in two
        ("=?GB2312?B?zbbL3w?=", "投诉"),  # without its padding
        ("=?GB2312?B?zbbL3wA?=", "投诉"),  # a sign too many
        ('"=?utf-8?Q?=E6=8A=95=E8=AF=89?="', '"投诉"'),
        ("=?utf-8?q?order 12 is=5Fopen?=", "order 12 is_open"),
        ("=?x-nothing?B?5oqV6K+J?=", "投诉"),
        ("=?utf-8*zh?Q?=E6=8A=95?=", "投"),
        ("投诉商家".encode("gbk"), "投诉商家"),
        ("投诉商家".encode(), "投诉商家"),
        ("a =?b", "a =?b"),
        ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"),  # nothing breaks out of its line
    ],
)
def test_the_subject_however_it_is_written(field: str | bytes, subject: str):
    assert read(mail(Subject=field)).subject == subject


@pytest.mark.parametrize(
    ("field", "email", "name"),
    [
        ("王芳 <wang@example.com>", "wang@example.com", "王芳"),
        (f'"{word("王, 芳", "gbk")}" <wang@example.com>', "wang@example.com", "王, 芳"),
        (f"{word('王芳', 'big5')}<wang@example.com>", "wang@example.com", "王芳"),
        ("wang@example.com", "wang@example.com", ""),
        ("<wang@example.com>", "wang@example.com", ""),
        ("wang@example.com (王芳)", "wang@example.com", "王芳"),
        ("Daemon (Delivery) <d@example.com>", "d@example.com", "Daemon"),
        ("Wang, Fang <wang@example.com>, b@example.com", "wang@example.com", "Wang, Fang"),
        ("'Wang Fang' <wang@example.com>", "wang@example.com", "Wang Fang"),
        ('"Wang \\"Fifi\\" Fang" <w@example.com>', "w@example.com", 'Wang "Fifi" Fang'),
        ("王芳 <wang@example.com", "wang@example.com", "王芳"),
        ("王芳 wang@example.com", "wang@example.com", "王芳"),
        ("wang@other.example <wang@example.com>", "wang@example.com", "wang@other.example"),
        (word("王芳 <wang@example.com>", "utf-8"), "wang@example.com", "王芳"),
        ("Friends: wang@example.com, b@example.com;", "wang@example.com", ""),
        ('"wang.fang"@example.com', '"wang.fang"@example.com', ""),
        ("王芳 <root>", "root", "王芳"),
        ("undisclosed-recipients:;", "undisclosed-recipients:;", "undisclosed-recipients:;"),
        ("", "", ""),
    ],
)
def test_the_sender_however_it_is_written(field: str, email: str, name: str):
    letter = read(mail(From=field))

    assert (letter.from_email, letter.from_name) == (email, name)
    assert ("bad_sender" in letter.problems) == ("@" not in email)


def test_who_wrote_when_no_sender_is_named_is_who_is_to_be_answered():
    letter = read(mail(Return_Path="<bounces@example.com>", Reply_To="王芳 <wang@example.com>"))

    assert (letter.from_email, letter.from_name) == ("wang@example.com", "王芳")
    assert letter.problems == ("bad_sender",)


def test_two_senders_are_one_too_many():
    letter = read(
        mail(From="a@example.com").replace(b"\r\n\r\n", b"\r\nFrom: b@example.com\r\n\r\n")
    )

    assert letter.from_email == "a@example.com"
    assert letter.problems == ("many_senders",)


def test_all_the_fields_that_a_letter_has():
    letter = read(
        mail(
            From="a@example.com", To="客服 <s@example.com>, t@example.com", Cc="(x) u@example.com",
            Reply_To="r@example.com", Date="Fri, 13 Feb 2026 15:59:00 +0800",
            Message_ID="<1@example.com>", In_Reply_To="<0@example.com> (yesterday)",
            References="<8@example.com>\r\n <0@example.com>", Delivered_To="s@example.com",
            X_Original_To="box@example.com", Authentication_Results="mx; dmarc=pass\r\n\tx=y",
        )
    )  # fmt: skip

    assert letter.to == ("s@example.com", "t@example.com")
    assert letter.cc == ("u@example.com",)
    assert letter.reply_to == ("r@example.com",)
    assert letter.date == datetime(2026, 2, 13, 15, 59, tzinfo=timezone(timedelta(hours=8)))
    assert (letter.message_id, letter.in_reply_to) == ("<1@example.com>", "<0@example.com>")
    assert letter.references == ("<8@example.com>", "<0@example.com>")
    assert letter.delivered_to == ("s@example.com", "box@example.com")
    assert letter.authenticated == ("mx; dmarc=pass\tx=y",)
    assert letter.problems == ()


@pytest.mark.parametrize(
    ("field", "at"),
    [
        ("Fri, 13 Feb 2026 07:59:00 -0000", datetime(2026, 2, 13, 7, 59, tzinfo=UTC)),
        ("13 Feb 2026 07:59", datetime(2026, 2, 13, 7, 59, tzinfo=UTC)),
        ("Fri, 13 Feb 2026 47:59:00 +0800", None),
        ("昨天", None),
        ("9" * 5000, None),
    ],
)
def test_a_date_is_a_time_or_nothing(field: str, at: datetime | None):
    letter = read(mail(From="a@example.com", Date=field))

    assert letter.date == at
    assert letter.problems == (() if at else ("bad_date",))


def test_an_id_without_its_brackets_gets_them():
    assert read(mail(Message_ID="2026.1@example.com trailing")).message_id == "<2026.1@example.com>"


def test_folds_that_lost_their_blanks_go_on_with_the_field_before():
    raw = (
        b"---- Original mail ----\nReceived: from a\nby b with c;\nTo: s@example.com\n"
        b"Content-Type: multipart/mixed;\nboundary=xyz\nSubject: late\n\n"
        b"--xyz\n\nhello\n--xyz--\n"
    )

    letter = read(raw)

    assert (letter.subject, letter.to, letter.text) == ("late", ("s@example.com",), "hello")


def test_a_body_may_begin_without_a_blank_line():
    letter = read(b"Subject: x\nFrom: a@example.com\nHello there, my order\n\nis late.")

    assert letter.subject == "x"
    assert letter.text == "Hello there, my order\n\nis late."


@pytest.mark.parametrize(
    "before", [b"From a@example.com Fri Feb 13 2026\n", b"\r\n\n", b"\xef\xbb\xbf"]
)
def test_what_stands_before_the_first_field_is_no_part_of_the_mail(before: bytes):
    letter = read(before + mail(b"hello", Subject="late"))

    assert (letter.subject, letter.text) == ("late", "hello")


def test_the_hash_is_one_for_one_mail_by_whatever_way_it_came():
    unix = b"Subject: a\n\nfirst line  \n\n\tsecond \nlast\n"
    ways = [
        unix,
        unix.replace(b"\n", b"\r\n"),
        unix.replace(b"\n", b"\r"),
        b"Received: by x\nFrom: y@example.com\n" + unix + b" \n\n\n",
        unix.replace(b"line  ", b"line").removesuffix(b"\n"),
    ]

    assert len({read(way).body_hash for way in ways}) == 1
    assert read(unix.replace(b"last", b"lost")).body_hash != read(unix).body_hash
    assert read(unix.replace(b"\n\n\tsecond", b"\n\tsecond")).body_hash != read(unix).body_hash


def test_the_hash_of_a_long_mail_does_not_depend_on_where_it_is_cut():
    lines = b"".join(b"line %d \n\n" % n for n in range(60_000))
    folded = lines.replace(b" \n", b"\n")

    hashes = {read(b"Subject: a\n\n" + way).body_hash for way in (lines, folded, lines + b"\n \n")}

    assert len(hashes) == 1


def test_the_head_alone_names_who_wrote_about_what():
    letter = head(mail(b"body", From="王芳 <w@example.com>", Subject="投诉", Message_ID="<1@a>"))

    assert (letter.from_email, letter.from_name) == ("w@example.com", "王芳")
    assert (letter.subject, letter.message_id) == ("投诉", "<1@a>")
    assert (letter.text, letter.body_hash) == ("", "")
    assert letter.problems == ("only_the_head",)


def test_quoted_printable_in_a_national_charset():
    body = encodestring(WORDS.encode("gb18030"))
    kind = "text/plain; charset=gb2312"

    assert (
        read(mail(body, Content_Type=kind, Content_Transfer_Encoding="Quoted-Printable")).text
        == WORDS
    )


@pytest.mark.parametrize("broken", [lambda b: b[:-1], lambda b: b + b"A", lambda b: b"!\n" + b])
def test_base64_that_is_broken_says_what_is_left_of_it(broken):
    body = broken(b64encode(("abc" + WORDS).encode()))

    assert WORDS[:-1] in read(mail(body, Content_Transfer_Encoding="base64")).text
