"""By e-mail: in, on its clocks, answered, answered back, told; and what opens no case (1.3)."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.__main__ import main
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import Actor, Role
from bihuan.mail import commands
from bihuan.mail import tasks as post
from bihuan.mail.models import Received
from bihuan.mail.reader import Reader
from bihuan.mail.tests import letters
from bihuan.notify import tasks as notices
from tests.journeys.walk import HOUR

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters_home")]


def come(
    walk: Walk,
    reader: Reader,
    raw: bytes,
    to: str = letters.OURS,
    sender: str = "wang.fang@example.com",
) -> Received:
    """A mail is stored by the server, and taken by the worker."""
    row = commands.keep([commands.Came(raw, "smtp", (to,), sender)], at=walk.at)[0]
    for leased in commands.lease(walk.at):
        commands.take(leased, reader, at=walk.at)
    row.refresh_from_db()
    return row


def last_letter(walk: Walk, home: Path) -> EmailMessage:
    """The newest letter that left for the person."""
    walk.until(walk.at)
    notices.send_email(walk.at)
    found = sorted((home / "mailbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return message_from_bytes(found[-1].read_bytes(), _class=EmailMessage, policy=default)


def test_1_01_1_3_a_mail_with_a_photo_is_a_case_whose_answer_and_counter_answer_stay_with_it(
    walk: Walk, reader: Reader, letters_home: Path
):
    row = come(walk, reader, letters.in_chinese_national_encoding({"照片.jpg": letters.photo()}))
    case = Case.objects.get(id=row.case_id)
    page = walk.see(walk.home.bo_bo, case.desk_url)
    assert "投诉：手机屏幕不亮" in walk.see(walk.home.bo_bo, "/desk/inbox/")
    assert all(word in page for word in ("照片.jpg", "发件人未核实", "李𬎆"))

    receipt = last_letter(walk, letters_home)
    assert case.number in receipt["Subject"]
    assert receipt["In-Reply-To"] == receipt["References"]
    assert re.fullmatch(r"<\d+\.gb@example\.com>", receipt["In-Reply-To"])
    walk.at += HOUR
    walk.did(walk.home.bo_bo, case, "accept", text="已受理，由我负责，先与商家核实。")
    said = "您好，问题是屏幕不亮，下一步我们联系商家检测。"
    walk.did(walk.home.bo_bo, case, "answer", text=said)
    answer = last_letter(walk, letters_home)
    assert "联系商家检测" in answer.get_body(("plain",)).get_content()

    back = letters.mail(
        "还是不亮，请尽快。\n\n在 2026-02-13 16:10:00，客服 <service@localhost> 写道：\n"
        "> 下一步我们联系商家检测。\n",
        sender="li@example.com", subject=f"回复：{answer['Subject']}",
        headers={"In-Reply-To": answer["Message-ID"]},
    )  # fmt: skip
    joined = come(walk, reader, back, to=answer["Reply-To"].addresses[0].addr_spec)

    assert (joined.state, joined.case_id, joined.trust) == ("joined", case.id, "reply")
    assert Case.objects.filter(channel="email").count() == 1
    walk.at += HOUR
    walk.did(walk.home.bo_bo, case, "answer", text="您好，商家今天检测，明天给您结果。")
    thread = str(last_letter(walk, letters_home)["References"]).split()
    assert thread == [receipt["In-Reply-To"], message_from_bytes(back)["Message-ID"]]
    page = walk.see(walk.home.bo_bo, case.desk_url)
    assert "还是不亮，请尽快。" in page
    assert "引用的旧邮件" in page
    li = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    assert "还是不亮，请尽快。" in walk.see(li, f"/complaints/{case.number}/timeline/")


def test_2_15_2_4_1_a_letter_that_came_back_is_shown_as_not_delivered(
    walk: Walk, reader: Reader, letters_home: Path
):
    case = Case.objects.get(id=come(walk, reader, letters.mail()).case_id)
    letter = last_letter(walk, letters_home)

    row = come(walk, reader, letters.bounce(letter["Message-ID"]), sender="")

    assert row.state == "ignored"
    page = walk.see(walk.home.bo_bo, "/desk/messages/")
    assert case.number in page
    assert "邮件已退回，没有送达" in page


def test_1_01_1_3_what_a_machine_is_not_sure_of_is_decided_by_a_person_who_says_why(
    walk: Walk, reader: Reader
):
    newsletter = come(walk, reader, letters.mail("本周特惠", headers={"List-Id": "<x.example>"}))
    complaint = come(walk, reader, letters.mail(headers={"Precedence": "bulk"}))
    agent = walk.home.bo_bo
    assert walk.see(agent, "/desk/mail/").count("群发") == 2

    assert "选填" not in walk.see(agent, f"/desk/mail/{newsletter.id}/")
    faulty = walk.client(agent).post(f"/desk/mail/{newsletter.id}/", {"act": "dismiss"})
    assert faulty.status_code == 422
    assert 'aria-describedby="dismiss_reason_error"' in faulty.content.decode()
    walk.send(agent, f"/desk/mail/{newsletter.id}/", {"act": "dismiss", "reason": "商品广告"})
    walk.at += 3 * HOUR
    walk.send(agent, f"/desk/mail/{complaint.id}/", {"act": "open"})

    complaint.refresh_from_db()
    case = Case.objects.get(id=complaint.case_id)
    assert case.received_at == FRIDAY
    assert "商品广告" in walk.see(agent, f"/desk/mail/{newsletter.id}/")
    assert case.number in walk.see(agent, "/desk/mail/?state=opened")


def test_3_3_the_page_of_a_mail_is_masked_until_somebody_says_why(walk: Walk, reader: Reader):
    raw = letters.mail(
        "投诉，请回电 13912342718。", files={"合同.docx": b"PK\x03\x04 papers", "a.svg": b"<svg/>"}
    )
    row = come(walk, reader, raw)
    page, agent = f"/desk/mail/{row.id}/", walk.home.bo_bo
    assert "13912342718" not in walk.see(agent, page)

    client = walk.client(agent)
    assert client.post(page, {"act": "see", "reason": ""}).status_code == 422
    shown = client.post(page, {"act": "see", "reason": "核对回电号码"})
    original = client.post(page, {"act": "raw", "reason": "转交法务"})
    part = client.post(page, {"act": "part-0", "reason": "查看合同"})
    picture = client.post(page, {"act": "part-1", "reason": "查看附件"})

    assert "13912342718" in shown.content.decode()
    assert b"".join(original) == raw
    assert b"".join(part) == b"PK\x03\x04 papers"
    for answer, name in ((part, ".docx"), (picture, ".svg.bin")):
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert name in answer["Content-Disposition"]
        assert "sandbox" in answer["Content-Security-Policy"]


def test_n31_n32_what_a_mail_brings_is_evidence_only_where_it_is_of_an_allowed_kind(
    walk: Walk, reader: Reader
):
    bad = {
        "run.phtml": b"<?php system($_GET[0]); ?>", "x.svg": b"<svg onload=alert(1)>",
        "bomb.zip": b"PK\x03\x04" + b"\x00" * 500, "gif.jpg": b"GIF89a<script>alert(1)</script>",
        "page.html": b"<html><script>alert(1)</script></html>",
    }  # fmt: skip

    row = come(walk, reader, letters.mail(files=bad))

    whys = {part["name"]: part["why"] for part in row.parts}
    assert set(whys) == set(bad)
    assert set(whys.values()) <= {"kind_not_allowed", "unreadable_image", "has_script"}
    page = walk.see(walk.home.bo_bo, Case.objects.get(id=row.case_id).desk_url)
    assert "附件没有存为证据" in page
    assert "onload" not in page


def test_3_3_n10_an_answer_from_another_address_is_not_shown_as_the_person_s_own_words(
    walk: Walk, reader: Reader, letters_home: Path
):
    case = Case.objects.get(id=come(walk, reader, letters.mail()).case_id)
    wang = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    letter = last_letter(walk, letters_home)
    answer = {"headers": {"In-Reply-To": letter["Message-ID"]}, "subject": "回复"}
    come(walk, reader, letters.mail("这是我自己写的。", **answer))
    come(walk, reader, letters.mail("请撤销投诉。", sender="x@other.example", **answer))

    own, _, strange = walk.see(wang, f"{case.url}timeline/").partition("这是我自己写的。")

    assert "您的留言" in own
    assert "从另一个邮箱回复，未核实是您本人" in strange
    assert "您的留言" not in strange


def test_the_worker_takes_what_waits(walk: Walk, monkeypatch: pytest.MonkeyPatch):
    commands.keep([commands.Came(letters.mail(), "pipe")], at=walk.at)

    assert post.take(walk.at) == 1
    assert post.take(walk.at) == 0
    assert Received.objects.get().state == "opened"


def test_the_pipe_says_what_became_of_a_mail(
    walk: Walk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    raw = letters.mail()

    def receive(data: bytes, *arguments: str) -> dict[str, Any]:
        class In:
            buffer = BytesIO(data)

        monkeypatch.setattr("sys.stdin", In)
        assert main(["receive", "email", *arguments]) == 0
        return dict(json.loads(capsys.readouterr().out))

    first, second = receive(raw), receive(raw)
    robot = receive(letters.mail(headers={"Auto-Submitted": "auto-replied"}), "--from", "")

    case = Case.objects.get(channel="email")
    assert (first["outcome"], first["case"], first["reason"]) == ("opened", case.number, None)
    assert isinstance(first["entry"], int)
    assert (second["outcome"], second["case"]) == ("duplicate", case.number)
    assert (robot["outcome"], robot["case"], robot["reason"]) == ("ignored", None, "auto_submitted")
    assert re.fullmatch(r"TS\d+", case.number)


@pytest.mark.parametrize("fault", ["no room", "a bug"])
def test_a_mail_that_cannot_be_kept_stays_with_the_server_that_pipes_it(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, settings: Any, fault: str
):
    class In:
        buffer = BytesIO(letters.mail())

    monkeypatch.setattr("sys.stdin", In)
    if fault == "no room":
        settings.DISK_SPARE = 10**15
    else:
        settings.MAIL_ADDRESSES = None

    assert main(["receive", "email", "--mta"]) == 75
    assert not Received.objects.exists()


def test_an_empty_pipe_is_bad_input(
    walk: Walk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    class In:
        buffer = BytesIO(b"")

    monkeypatch.setattr("sys.stdin", In)

    assert main(["receive", "email"]) == 2
    assert "no mail on stdin" in capsys.readouterr().err
