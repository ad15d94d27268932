"""The entry, its paper and codes, the window on other sites, and the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases.tests.people import House
from bihuan.channels import commands
from bihuan.channels.commands import ContactGiven
from bihuan.channels.models import Opinion, Outage
from bihuan.core.actors import Actor
from bihuan.core.ports import Standing
from bihuan.counter.tests.points import administrator
from tests.house.addresses import at_desk

HOTLINE = ContactGiven(address="400-123-4567", hours=dict.fromkeys(range(1, 8), "00:00-24:00"))


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def keeper(home: House) -> Actor:
    return administrator()


@pytest.fixture
def hotline(keeper: Actor, said: dict[str, Standing], now: datetime) -> dict[str, Standing]:
    commands.set_contact(channel="phone", given=HOTLINE, by=keeper, at=now - timedelta(days=1))
    said["phone"] = Standing("phone", alive_at=now, wait_seconds=150)
    return said


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_6_4_the_entry_dials_says_the_wait_and_why_there_is_no_satisfaction(hotline: Any):
    told = page("/contact/")

    assert 'href="tel:4001234567"' in told
    assert "约 3 分钟" in told
    assert "评价不足 10 份" in told
    assert "400-123-4567" in page("/") or "预计等候 约 3 分钟" in page("/")


def test_6_4_a_dead_channel_says_so_below_what_works(hotline: Any, now: datetime):
    hotline["phone"] = Standing("phone", failing_since=now, reason="no_line")

    told = page("/contact/")

    assert "暂不可用" in told
    assert told.index('id="web"') < told.index('id="phone"')


def test_the_poster_and_the_codes_are_made_of_what_is_published(hotline: Any, settings: Any):
    assert Client().get("/contact/poster.pdf").content.startswith(b"%PDF")
    assert "<svg" in page("/contact/entry.svg")
    assert Client().get("/contact/wechat.svg").status_code == 404


def test_without_anything_published_there_is_no_poster(home: House, said: Any):
    assert Client().get("/contact/poster.pdf").status_code == 404


@pytest.mark.parametrize("origins", [[], ["https://shop.example"]])
def test_only_the_sites_that_are_named_may_frame_the_window(
    hotline: Any, settings: Any, origins: list[str]
):
    settings.WIDGET_ORIGINS = origins

    window, entry = Client().get("/widget/"), Client().get("/contact/")

    policy = window["Content-Security-Policy"]
    ancestors = next(one for one in policy.split("; ") if one.startswith("frame-ancestors"))
    assert (
        ancestors == f"frame-ancestors {chr(39)}self{chr(39)} {origins[0]}"
        if origins
        else ("frame-ancestors 'none'")
    )
    assert ("X-Frame-Options" in window) == (not origins)
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in entry["Content-Security-Policy"]
    assert entry["X-Frame-Options"] == "DENY"


def test_the_window_needs_no_cookie_and_holds_no_form(hotline: Any):
    answer = Client().get("/widget/?lang=en")

    assert not answer.cookies
    assert "<form" not in answer.content.decode()
    assert 'lang="en"' in answer.content.decode()


def test_an_administrator_announces_an_outage_and_what_is_wrong_stands_at_its_field(
    keeper: Actor, said: Any, now: datetime
):
    desk, there = at_desk(keeper), timezone.localtime(now)
    times = [f"{there + timedelta(hours=n):%Y-%m-%dT%H:%M}" for n in (2, 1, 4)]
    given = {"channel": "phone", "starts_at": times[0], "words": "线路检修，请在网上提交"}

    wrong = desk.post("/desk/channels/outages/new/", given | {"ends_at": times[1]})
    right = desk.post("/desk/channels/outages/new/", given | {"ends_at": times[2]})

    assert wrong.status_code == 422
    assert "结束日期不能早于开始日期" in wrong.content.decode()
    assert "线路检修，请在网上提交" in wrong.content.decode()
    assert right.status_code == 302
    row = Outage.objects.get()
    assert "线路检修" in desk.get("/desk/channels/").content.decode()
    assert desk.post(f"/desk/channels/outages/{row.id}/take-back/").status_code == 302
    assert "线路检修" not in desk.get("/desk/channels/").content.decode()


def test_what_nobody_watches_is_said_in_red(keeper: Actor, said: Any):
    assert "没有人查看渠道" in at_desk(keeper).get("/desk/channels/").content.decode()


def test_6_4_what_somebody_says_of_a_channel_is_a_case_that_the_report_opens(
    home: House, keeper: Actor, hotline: Any
):
    client = Client()
    session = client.session
    session["person_id"] = home.ai_li.id
    session.save()

    sent = client.post(
        "/suggestions/new/?about=phone",
        {"kind": "suggestion", "text": "电话菜单太长，找不到人工。"},
    )

    assert sent.status_code == 302
    opinion = Opinion.objects.get()
    assert opinion.channel == "phone"
    listed = at_desk(keeper).get("/desk/channels/report/cases/?channel=phone&what=opinions")
    assert "电话菜单太长" in listed.content.decode()


def test_6_4_what_is_kept_for_later_still_knows_of_which_channel_it_speaks(home: House):
    words = {"kind": "suggestion", "text": "电话菜单太长，找不到人工。", "later": "1"}

    kept = Client().post("/suggestions/new/?about=phone", words)

    place = parse_qs(urlsplit(kept["Location"]).query)
    assert (list(place), place["about"]) == (["draft", "about"], ["phone"])


def test_who_takes_back_the_only_version_is_told_that_it_is_published_no_more(
    keeper: Actor, hotline: Any, now: datetime
):
    desk, button = at_desk(keeper), "/desk/channels/contact/phone/"
    assert "收回，不再公布" in desk.get(button).content.decode()

    commands.set_contact(channel="phone", given=ContactGiven(address="95188"), by=keeper, at=now)

    assert "恢复为前一版" in desk.get(button).content.decode()


def test_6_4_a_chat_without_agents_says_so_where_it_is_chosen(home: House):
    assert "现在没有客服在线，可以留言" in page("/contact/")
    assert "现在没有客服在线，可以留言" in page("/widget/")
