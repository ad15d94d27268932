"""What comes with a mail: saved, refused, told to whoever sent it, and not without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bihuan.cases.models import Case
from bihuan.core.actors import Actor, Role
from bihuan.mail.reader import Reader
from bihuan.mail.tests import letters
from bihuan.notify.models import Message
from tests.journeys.test_mail import come
from tests.journeys.walk import HOUR

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters_home")]


def test_what_came_with_a_mail_that_opened_no_case_can_be_saved_too(walk: Walk, reader: Reader):
    raw = letters.mail(headers={"List-Id": "<x.example>"}, files={"合同.docx": b"PK papers"})
    row = come(walk, reader, raw)
    page, client = f"/desk/mail/{row.id}/", walk.client(walk.home.bo_bo)
    assert b'value="part-0"' in client.get(page).content

    part = client.post(page, {"act": "part-0", "reason": "查看合同"})
    none = client.post(page, {"act": "part-1", "reason": "查看合同"})
    other = client.post(page, {"act": "part-x", "reason": "查看合同"})

    assert b"".join(part) == b"PK papers"
    assert (none.status_code, other.status_code) == (404, 422)


def test_2_2_1_whoever_wrote_is_told_which_attachments_were_not_kept_by_letter_and_on_the_page(
    walk: Walk, reader: Reader
):
    files = {"合同.docx": b"PK\x03\x04 papers", "a.jpg": letters.photo()}
    case = Case.objects.get(id=come(walk, reader, letters.mail(files=files)).case_id)
    wang = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    kept = come(walk, reader, letters.mail("没有附件", subject="另一件"))

    letter = Message.objects.get(template="mail_files_refused", channel="email")
    page = walk.see(wang, case.url)
    other = walk.see(wang, Case.objects.get(id=kept.case_id).url)

    assert letter.case_id == case.id
    for said in (letter.body, page):
        assert "合同.docx（类型不在允许之列）" in said
        assert "a.jpg" not in said.partition("已提交的材料")[0]
    assert "在这里补充" in page
    assert "没有收下" not in other


def test_n26_a_robot_whose_mails_bring_files_is_answered_three_times_an_hour(
    walk: Walk, reader: Reader
):
    began, name = walk.at, "https://www.shop.example/领奖.docx"
    for n in range(6):
        files = {f"{n}-{m}-{name}": b"PK\x03\x04" for m in range(12)}
        come(walk, reader, letters.mail(f"投诉 {n}", subject=f"回复：{n}", files=files))
        walk.until(walk.at)

    told = Message.objects.filter(channel="email", person_id__gt=0).order_by("next_try_at")
    goes = [one.next_try_at for one in told]
    body = told.filter(template="mail_files_refused")[0].body
    assert len(goes) == 4
    assert goes[2] < began + HOUR <= goes[3]
    assert "另有 3 个" in body
    assert "shop.example/" not in body
    assert "www." not in body
