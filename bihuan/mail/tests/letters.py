"""Mails as programs write them, for the stories of what comes in."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from PIL import Image

OURS = "service@localhost"
WORDS = "你们平台卖的破壁机底座开裂漏水，商家拒绝退货，我要投诉，要求全额退款。"
_numbers = count(1)


def photo(shade: int = 120) -> bytes:
    """A small photo, with a place in its EXIF."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "at home"
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def mail(
    text: str = WORDS,
    *,
    sender: str = "王芳 <wang.fang@example.com>",
    to: str = OURS,
    subject: str = "投诉：破壁机漏水，商家拒绝退货",
    id: str = "",
    headers: dict[str, str] | None = None,
    files: dict[str, bytes] | None = None,
) -> bytes:
    """A mail in UTF-8; each call is another one unless `id` says otherwise."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = id or f"<{next(_numbers)}.mail@example.com>"
    made["Date"] = "Fri, 13 Feb 2026 15:59:00 +0800"
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text)
    for name, data in (files or {}).items():
        kind = ("image", "jpeg") if name.endswith("jpg") else ("application", "octet-stream")
        made.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    return made.as_bytes()


def in_chinese_national_encoding(files: dict[str, bytes] | None = None) -> bytes:
    """As an old Chinese program writes: GB18030 with a rare letter of a name, headers encoded."""
    from base64 import b64encode

    def word(said: str) -> str:
        return f"=?gb18030?B?{b64encode(said.encode('gb18030')).decode()}?="

    text = "我叫李𬎆，买的手机屏幕不亮，客服推脱，我要投诉！".encode("gb18030")
    head = (
        f"From: {word('李𬎆')} <li@example.com>\r\nTo: {OURS}\r\n"
        f"Subject: {word('投诉：手机屏幕不亮')}\r\n"
        f"Message-ID: <{next(_numbers)}.gb@example.com>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    if not files:
        kind = "Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n"
        return f"{head}{kind}\r\n".encode() + text + b"\r\n"
    parts = [b"Content-Type: text/plain; charset=gb18030\r\n\r\n" + text]
    for name, data in files.items():
        parts.append(
            f'Content-Type: image/jpeg; name="{word(name)}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n".encode()
            + b64encode(data)
        )
    body = b"".join(b"--xyz\r\n" + part + b"\r\n" for part in parts) + b"--xyz--\r\n"
    return f"{head}Content-Type: multipart/mixed; boundary=xyz\r\n\r\n".encode() + body


def bounce(original_id: str, *, status: str = "5.1.1", to: str = OURS) -> bytes:
    """A delivery report about a letter of ours (RFC 3464)."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\n"
        f"To: {to}\r\nSubject: 系统退信\r\nMessage-ID: <{next(_numbers)}.report@mx.example.com>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n收件人邮箱不存在。\r\n"
        "--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; wang.fang@example.com"
        f"\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        "--r\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {original_id}\r\n\r\n--r--\r\n"
    ).encode()
