"""Every page of the desk speaks English to its readers: no word of its own is left in Chinese."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from bihuan.cases.tests.people import TEXT, House, file
from bihuan.desk.tests.acts import took
from bihuan.desk.tests.conftest import RECENTLY

HAN = re.compile(r"[\u3400-\u9fff]+")
#: Words of people and of the house's own names, in whatever language they are.
THEIRS = (
    "简体中文", "优选商城", "陈主管", "法务何", "波波", "爱", "闭", "陈", "波", TEXT, TEXT[:-1],
    "开裂", "漏水", "已受理。",
)  # fmt: skip


def own_words(page: str) -> list[str]:
    """What is left in Chinese when the words of people are taken out."""
    page = html.unescape(page)
    for theirs in sorted(THEIRS, key=len, reverse=True):
        page = page.replace(theirs, "")
    return HAN.findall(page)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Operations dashboard · 优选商城 Service desk"),
        ("zh-hans", "运营看板 · 优选商城服务台"),
    ],
)
def test_a_title_names_the_page_and_the_house_in_either_language(
    house: House, chen: Client, language: str, title: str
):
    page = chen.get("/desk/dashboard/", headers={"Accept-Language": language})

    assert f"<title>{title}</title>" in page.content.decode()


def test_the_gallery_of_parts_is_for_staff(house: House, chen: Client):
    assert chen.get("/house/parts/").status_code == 200
    assert Client().get("/house/parts/").status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        "/desk/inbox/", "/desk/inbox/?view=closed", "/desk/search/?q=nothing", "/desk/dashboard/",
        "/desk/inbox/?view=every&figure=late&from=2026-03-01&to=2026-03-11",
        "/desk/inbox/?view=every&nobody=1", "/desk/search/",
        "/desk/inbox/?view=every&same={number}",
        "/desk/cases/new/", "/desk/keys/", "/desk/accountability/", "/desk/notices/",
        "/desk/messages/?state=all", "/staff/login/", "/desk/templates/", "{case}telling/",
        "/desk/notices/settings/", "{case}?tab=notices",
        "/desk/cases/none/", "{case}", "{case}?tab=files",
        "{case}?tab=findings", "{case}?tab=clocks", "{case}?tab=log", "{case}decide/",
        "{case}?tab=parties", "{case}inquiries/new/", "/desk/worklists/?group=logistics",
        "{case}reveal/", "{case}print/",
    ],
)  # fmt: skip
def test_a_page_in_english_has_no_chinese_of_its_own(house: House, chen: Client, place: str):
    case = file(house, RECENTLY)
    took(chen, case, "accept", text="已受理。")

    reader = Client() if "login" in place else chen
    place = place.replace("{case}", case.desk_url).replace("{number}", case.number)
    page = reader.get(place, headers={"Accept-Language": "en"})

    text = page.content.decode()
    assert 'lang="en"' in text
    assert own_words(text) == []
