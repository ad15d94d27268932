"""What in a mail is its text, what is attached, and what that is called."""

from __future__ import annotations

import struct
from base64 import encodebytes

import pytest

from bihuan.mail.parsing import Letter, read

HTML = "Content-Type: text/html; charset=utf-8"
PLAIN = "Content-Type: text/plain; charset=utf-8"
PDF = "Content-Type: application/pdf"


def part(head: str, body: str | bytes = "x") -> bytes:
    return head.encode() + b"\n\n" + (body.encode() if isinstance(body, str) else body)


def many(kind: str, *parts: bytes, boundary: str = "b1") -> bytes:
    """A multipart of these parts, headed by its own Content-Type."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    line = b"\n--" + boundary.encode()
    return head + b"preamble" + b"".join(line + b"\n" + one for one in parts) + line + b"--\n"


def names(letter: Letter) -> list[str]:
    return [one.filename for one in letter.parts]


def shown(html: str) -> str:
    return read(part(HTML, html)).text


def test_of_two_versions_the_richer_is_read_unless_it_is_empty():
    plain, rich = part(PLAIN, "plain"), part(HTML, "<p>rich</p>")

    assert read(many("alternative", plain, rich)).text == "rich"
    assert read(many("alternative", rich, plain)).text == "rich"
    assert read(many("alternative", plain, part(HTML, "<img src=a>"))).text == "plain"
    assert read(many("alternative", part(PLAIN, " \n"), rich)).parts == ()


def test_pictures_beside_a_page_are_shown_within():
    page = many("alternative", part(PLAIN, "见图"), part(HTML, "<p>见图</p>"), boundary="b2")
    picture = part("Content-Type: image/png; name=a.png\nContent-ID: <p1@x>")
    footer = part("Content-Type: text/html", "<p>elsewhere</p>")

    letter = read(many("related", page, picture, footer))

    assert letter.text == "见图"
    assert [(p.filename, p.inline) for p in letter.parts] == [
        ("a.png", True),
        ("document.html", False),
    ]


def test_texts_around_an_attachment_are_one_text_in_order():
    letter = read(
        many("mixed", part(PLAIN, "before"), part(PDF + "; name=a.pdf"), part(PLAIN, "after"))
    )

    assert letter.text == "before\n\nafter"
    assert names(letter) == ["a.pdf"]


def test_what_was_said_as_text_is_not_said_again_as_html():
    letter = read(many("mixed", part(PLAIN, "底座 开裂"), part(HTML, "<p>底座开裂</p>")))

    assert letter.text == "底座开裂"


def test_a_text_with_a_file_name_is_attached():
    notes = part(PLAIN + "; name=notes.txt", "notes")
    page = part(HTML + "\nContent-Disposition: attachment", "<p>x</p>")

    letter = read(many("mixed", part(PLAIN, "hello"), notes, page))

    assert letter.text == "hello"
    assert names(letter) == ["notes.txt", "document.html"]
    assert letter.parts[0].data == b"notes"


def test_a_mail_that_is_a_file_and_nothing_else():
    letter = read(part(PDF + '; name="发票.pdf"\nContent-Transfer-Encoding: base64', "JVBERg=="))

    assert letter.text == ""
    assert [(p.filename, p.content_type, p.data) for p in letter.parts] == [
        ("发票.pdf", "application/pdf", b"%PDF")
    ]


def test_a_signed_mail_is_read_and_keeps_its_signature():
    signature = part("Content-Type: application/pgp-signature; name=signature.asc")

    letter = read(many("signed", part(PLAIN, "signed words"), signature))

    assert (letter.text, names(letter)) == ("signed words", ["signature.asc"])


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("Content-Disposition: attachment; filename=photo.jpg", "photo.jpg"),
        ('Content-Disposition: attachment; filename="=?gb2312?B?1dXGrC5qcGc=?="', "照片.jpg"),
        ("Content-Disposition: attachment; filename==?utf-8?B?54Wn54mHLmpwZw==?=", "照片.jpg"),
        ("Content-Disposition: attachment; filename*=gbk''%D5%D5%C6%AC.jpg", "照片.jpg"),
        (
            "Content-Disposition: attachment; filename*1*=%87.jpg;"
            " filename*0*=utf-8'zh'%E7%85%A7%E7%89",
            "照片.jpg",  # cut in the middle of a character, and out of order
        ),
        ('Content-Disposition: attachment;\n filename*0="a; b";\n filename*1=".jpg"', "a; b.jpg"),
        ("Content-Disposition: inline; filename=x.jpg; filename*=utf-8''%E7%85%A7.jpg", "照.jpg"),
        ('Content-Disposition: attachment; filename="照片.jpg"', "照片.jpg"),
        ('Content-Disposition: attachment; filename="never closed.jpg', "never closed.jpg"),
        ('Content-Disposition: attachment; filename="a\\"b.jpg"', 'a"b.jpg'),
        ("Content-Disposition: attachment filename=photo.jpg", "photo.jpg"),
        (
            'Content-Type: image/jpeg; name="=?utf-8?Q?=E7=85=A7?=\n =?utf-8?Q?=E7=89=87.jpg?="',
            "照片.jpg",
        ),
        ("Content-Type: image/jpg", "image.jpg"),
        ("Content-Type: image/png\nContent-ID: <image001.png@01D0>", "image001.png"),
        ("Content-Type: image/jpeg\nContent-ID: <485376C9@home>", "image.jpg"),
        ("Content-Type: video/quicktime", "video.mov"),
        ("Content-Type: text/calendar; charset=utf-8", "calendar.ics"),
        ("Content-Type: text/vcard", "contact.vcf"),
        ("Content-Type: message/delivery-status\nContent-Description: Report", "Report.txt"),
        ("Content-Type: application/x-thing\nContent-ID: <thing.12345678@home>", "thing.12345678"),
        ("Content-Type: application/x-thing", "file"),
        ('Content-Disposition: attachment; filename="a\n\tb.jpg"', "a\tb.jpg"),
    ],
)  # fmt: skip
def test_the_name_of_what_is_attached(fields: str, name: str):
    if "Content-Type" not in fields:
        fields = "Content-Type: image/jpeg\n" + fields

    assert names(read(many("mixed", part(PLAIN, "hello"), part(fields)))) == [name]


def test_a_raw_name_in_the_charset_of_its_mail():
    raw = part('Content-Type: image/jpeg; name="照片.jpg"').decode().encode("gbk")

    assert names(read(many("mixed", part(PLAIN, "hello"), raw))) == ["照片.jpg"]


def test_names_that_are_given_twice_are_told_apart():
    one = part('Content-Type: application/x-gzip; name="a.tar.gz"')

    assert names(read(many("mixed", one, one, one))) == ["a.tar.gz", "a1.tar.gz", "a2.tar.gz"]


def test_a_mail_within_a_mail_is_attached_by_its_subject():
    inner = part("Content-Type: message/rfc822", "Subject: =?gbk?B?zbbL3w==?=\n\nits words")
    bare = part("Content-Type: message/rfc822\nContent-Description: Undelivered", "\n")

    letter = read(many("mixed", part(PLAIN, "see below"), inner, bare))

    assert letter.text == "see below"
    assert names(letter) == ["投诉.eml", "Undelivered.eml"]
    assert letter.parts[0].data.endswith(b"its words")


def test_a_part_of_a_mail_in_pieces_is_attached():
    assert names(read(part("Content-Type: message/partial; id=1; number=1"))) == ["partial.eml"]


def test_a_boundary_that_is_not_named_is_found():
    whole = many("mixed", part(PLAIN, "hello"), part(PDF)).replace(b'; boundary="b1"', b"")

    letter = read(b"From: a@example.com\n" + whole)

    assert (letter.text, names(letter)) == ("hello", ["document.pdf"])
    assert letter.problems == ("bad_boundary",)


def test_a_mail_that_breaks_off_is_read_as_far_as_it_goes():
    letter = read(b"From: a@example.com\n" + many("mixed", part(PLAIN, "hello"), part(PDF))[:-20])

    assert (letter.text, letter.problems) == ("hello", ("cut_short",))


def test_a_boundary_that_begins_like_another():
    inner = many("alternative", part(PLAIN, "plain"), boundary="b1x")

    assert read(many("mixed", inner, part(PLAIN, "after"))).text == "plain\n\nafter"


def test_a_file_written_into_the_text():
    letter = read(part(PLAIN, "see it:\nbegin 644 hi.txt\n#0V%T\n`\nend\nbye"))

    assert letter.text == "see it:\n\nbye"
    assert [(p.filename, p.data) for p in letter.parts] == [("hi.txt", b"Cat")]


def test_uuencode_as_the_packing_of_a_part():
    packed = part(
        "Content-Type: application/x; name=a\nContent-Transfer-Encoding: x-uuencode", "#0V%T\n`"
    )

    assert read(many("mixed", packed)).parts[0].data == b"Cat"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("one<br>two<br/>\nthree", "one\ntwo\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<style>p{}</style><script>x()</script><p>seen</p><!-- not -->", "seen"),
        ("<!--[if mso]><p>not</p><![endif]--><![if !mso]>seen<![endif]>", "seen"),
        ('<a href="https://example.com/a">order</a> &amp; 3 < 4 &#20320;', "order & 3 < 4 你"),
        ('<img alt="a > b" src=x>seen', "seen"),
        ('<img src="data:image/png;base64,' + "A" * 20_000 + '">seen', "seen"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>new</p><blockquote><p>old</p></blockquote>", "new\n\nold"),
        ("<p>open <b", "open <b"),
        ("<script>never ends <p>a", ""),
        ("&#99999999999999999999; &#xD800;", "\ufffd \ufffd"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
    ],
)  # fmt: skip
def test_a_page_as_the_lines_that_it_shows(html: str, text: str):
    assert shown(html) == text


def test_what_a_page_says_of_its_charset_counts_when_the_mail_says_nothing():
    page = '<html><head><meta charset="gbk"></head><p>退款</p>'.encode("gbk")

    assert read(part("Content-Type: text/html", page)).text == "退款"


def prop(kind: int, name: int, value: bytes) -> bytes:
    size = len(value)
    return struct.pack("<HHII", kind, name, 1, size) + value + bytes(-size % 4)


def attribute(level: int, name: int, value: bytes) -> bytes:
    checksum = sum(value) & 0xFFFF
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", checksum)


def winmail(*, long_name: str, charset: str = "gbk") -> bytes:
    """What Outlook makes of a text and two files."""
    text = struct.pack("<I", 1) + prop(0x1E, 0x1000, "请见附件\0".encode(charset))
    named = struct.pack("<I", 2) + prop(0x1F, 0x3707, (long_name + "\0").encode("utf-16-le"))
    named += prop(0x1E, 0x370E, b"image/jpeg\0")
    return b"".join(
        [
            struct.pack("<IH", 0x223E9F78, 1),
            attribute(1, 0x9007, struct.pack("<II", 936, 0)),
            attribute(1, 0x9003, text),
            attribute(2, 0x9002, bytes(14)),
            attribute(2, 0x8010, "短名~1.JPG\0".encode(charset)),
            attribute(2, 0x800F, b"first"),
            attribute(2, 0x9005, named),
            attribute(2, 0x9002, bytes(14)),
            attribute(2, 0x8010, "发票.pdf\0".encode(charset)),
            attribute(2, 0x800F, b"second"),
        ]
    )


def packed(tnef: bytes) -> bytes:
    head = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64"
    return part(head, encodebytes(tnef))


def test_what_outlook_packed_is_taken_out():
    letter = read(many("mixed", part(PLAIN, " "), packed(winmail(long_name="破壁机照片.jpg"))))

    assert letter.text == "请见附件"
    assert [(p.filename, p.content_type, p.data) for p in letter.parts[1:]] == [
        ("破壁机照片.jpg", "image/jpeg", b"first"),
        ("发票.pdf", "application/octet-stream", b"second"),
    ]
    assert letter.parts[0].filename == "winmail.dat"


def test_a_mail_with_words_of_its_own_keeps_them():
    letter = read(many("mixed", part(PLAIN, "own words"), packed(winmail(long_name="a.jpg"))))

    assert letter.text == "own words"


@pytest.mark.parametrize("cut", range(0, 320, 7))
def test_what_outlook_packed_and_something_broke(cut: int):
    whole = winmail(long_name="破壁机照片.jpg")

    letter = read(packed(whole[:cut] + whole[cut + 3 :]))

    assert names(letter)[0] == "winmail.dat"
