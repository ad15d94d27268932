"""6.08, 2.2.1: a picture that was sent is evidence of its case; one that is lost is said there."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bihuan.cases.models import Case, Entry, File
from bihuan.core.ports import Standing
from bihuan.notify.tests.weixin import Weixin
from bihuan.wechat import queries
from bihuan.wechat.tests.chat import Phone


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (60, 40), "red").save(made, "JPEG")
    return made.getvalue()


def last_words(case: Case) -> str:
    return Entry.objects.filter(case_id=case.id).latest("id").text


@pytest.fixture
def sends(phone: Phone, weixin: Weixin) -> Phone:
    """Her telephone, and WeChat that has her picture."""
    weixin.now = phone.at
    weixin.media["m1"] = ("image/jpeg", picture())
    return phone


def test_6_08_a_picture_opens_a_case_and_is_its_evidence(sends: Phone):
    sends.says(kind="image", MediaId="m1", PicUrl="http://mmbiz.example/1")
    case = Case.objects.get()
    assert "发来一张图片" in last_words(case)

    assert sends.waits() == 1

    file = File.objects.get()
    assert (file.case_id, file.person_id, file.content_type) == (
        case.id, case.person_id, "image/jpeg",
    )  # fmt: skip
    assert (sends.last.media, sends.last.raw) == ("kept", None)
    assert sends.waits() == 0


def test_6_08_a_picture_joins_the_case_with_one_entry(sends: Phone):
    sends.says("我要投诉，破壁机底座开裂")
    sends.says(kind="image", MediaId="m1")
    sends.waits()

    case = Case.objects.get()
    assert Entry.objects.filter(case_id=case.id).count() == 2
    assert last_words(case) == "（发来图片）"
    assert File.objects.get().case_id == case.id


def test_6_08_what_weixin_no_longer_has_is_said_on_the_case(sends: Phone):
    sends.says("我要投诉，破壁机底座开裂")
    sends.says(kind="image", MediaId="gone")
    sends.waits()

    assert (
        last_words(Case.objects.get())
        == "（发来图片，没有取得：微信不再提供这个文件。请与用户联系）"
    )
    assert (sends.last.media, sends.last.why) == ("lost", "gone")


def test_6_08_what_is_no_picture_is_said_on_the_case(sends: Phone, weixin: Weixin):
    weixin.media["m1"] = ("image/jpeg", b"<html><script>alert(1)</script></html>")
    sends.says(kind="image", MediaId="m1")
    sends.waits()

    assert "没有取得" in last_words(Case.objects.get())
    assert not File.objects.exists()


def test_6_08_a_picture_that_could_not_be_looked_at_just_now_is_fetched_once_more(
    sends: Phone, settings: Any
):
    sends.says(kind="image", MediaId="m1")
    settings.CLAMD = "/nowhere/clamd.ctl"
    assert sends.waits() == 0

    settings.CLAMD = ""
    assert sends.waits(3600) == 1

    assert File.objects.count() == 1
    assert "没有取得" not in last_words(Case.objects.get())


def test_6_08_while_weixin_cannot_be_reached_it_is_tried_again_for_three_days(
    sends: Phone, weixin: Weixin
):
    sends.says(kind="image", MediaId="m1")
    weixin.tokens, good = [], weixin.media.pop("m1")
    weixin.refuses["/cgi-bin/media/get"] = 45009

    assert sends.waits() == 0
    assert sends.last.media == "waiting"

    weixin.refuses.clear()
    weixin.media["m1"] = good
    assert sends.waits(3600) == 1
    assert File.objects.count() == 1


def stands(at: datetime) -> Standing:
    """What the room says of the account."""
    found = queries.channel_standing(at)
    assert found
    return found


def test_after_three_days_without_an_answer_the_picture_is_lost_and_the_case_says_so(
    sends: Phone, weixin: Weixin
):
    weixin.refuses["/cgi-bin/media/get"] = 45009
    sends.says(kind="image", MediaId="m1")
    sends.waits()
    stuck = stands(sends.at + timedelta(hours=1))
    assert (stuck.waiting, stuck.failing_since) == (1, None)

    sends.waits(timedelta(days=3).total_seconds())

    assert "没有取得" in last_words(Case.objects.get())
    assert stands(sends.at).waiting == 0


def test_the_token_is_kept_sealed_for_every_process_and_how_it_was_got_is_known(
    sends: Phone, weixin: Weixin
):
    for n in range(2):
        sends.says(kind="image", MediaId="m1", after=n)
        sends.waits()

    assert weixin.asked.count("/cgi-bin/stable_token") == 1
    found = stands(sends.at)
    assert found.alive_at is not None
    assert found.failing_since is None
