"""What the desk shows: the list in its order, a case with its tabs, and nothing to strangers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from bihuan.accounts.models import Reveal
from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import Role
from bihuan.desk.pane import TABS
from bihuan.desk.tests.conftest import NOW, RECENTLY


def words(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def pages(case: Case) -> list[str]:
    return [
        "/desk/inbox/", "/desk/inbox/?view=closed", f"/desk/inbox/{case.number}/?view=all",
        *(f"{case.desk_url}?tab={tab}" for tab, _label in TABS),
        f"{case.desk_url}?part=tab", f"{case.desk_url}?part=head", f"{case.desk_url}?part=context",
        f"{case.desk_url}print/", f"{case.desk_url}decide/", f"{case.desk_url}reveal/",
        "/desk/cases/new/", "/desk/dashboard/", "/desk/dashboard/?days=30", "/desk/keys/",
    ]  # fmt: skip


def test_every_page_names_every_field_has_each_id_once_and_no_inline_style(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    for url in pages(case):
        page = words(bo_bo.get(url))
        if "part=" not in url:
            assert page.count("<h1") == 1, url
            assert re.search(r"<title>[^<]+</title>", page), url
        for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
            id_ = re.search(r'id="([^"]+)"', field)
            wrapped = re.search(r"<label[^>]*>(?:(?!</label>).)*" + re.escape(field), page, re.S)
            assert 'type="hidden"' in field or wrapped or (id_ and f'for="{id_[1]}"' in page), field
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), (url, sorted({i for i in ids if ids.count(i) > 1}))
        assert not re.search(r"\sstyle=|\son[a-z]+=", page), url


def test_what_is_overdue_longest_stands_first_and_is_open_beside_the_list(
    house: House, chen: Client
):
    fresh = file(house, RECENTLY)
    late = file(house, NOW - timedelta(days=4))
    later = file(house, NOW - timedelta(days=6))
    page = words(chen.get("/desk/inbox/?view=all"))
    order = re.findall(r'id="row-([^"]+)"', page)
    assert order == [later.number, late.number, fresh.number]
    first = page[page.index(f'id="row-{later.number}"') :]
    assert 'aria-current="true"' in first[: first.index(">")]
    assert f'<section class="case" aria-label="{later.number}">' in page
    assert "超" in first[: first.index("</a>")]


def test_a_click_in_the_list_fetches_the_pane_alone(house: House, chen: Client):
    case = file(house, RECENTLY)
    part = chen.get(f"/desk/inbox/{case.number}/?view=all", headers={"HX-Request": "true"})
    assert words(part).lstrip().startswith('<section class="case"')
    assert "HX-Request" in part["Vary"]
    assert "<html" in words(chen.get(f"/desk/inbox/{case.number}/?view=all"))


def test_the_filter_narrows_the_list_and_stays_in_every_address(house: House, chen: Client):
    file(house, RECENTLY, category="service_quality")
    rule = file(house, RECENTLY, category="platform_rule")
    page = words(chen.get("/desk/inbox/?view=all&category=platform_rule"))
    assert re.findall(r'id="row-([^"]+)"', page) == [rule.number]
    assert "view=all&amp;category=platform_rule&amp;part=rows" in page
    assert '<option value="platform_rule" selected>' in page
    nobody = words(chen.get("/desk/inbox/?view=all&owner=1&severity=major"))
    assert "没有符合条件的投诉" in nobody
    assert chen.get("/desk/inbox/?view=nonsense").status_code == 422


def test_the_whole_number_of_a_case_opens_it_whatever_its_state(house: House, chen: Client):
    case = file(house, RECENTLY)
    commands.withdraw(number=case.number, by=house.ai_li, at=RECENTLY)
    assert chen.get(f"/desk/inbox/?q={case.number}")["Location"] == case.desk_url


def test_the_tabs_show_clocks_of_every_round_and_every_event_with_its_seal(
    house: House, chen: Client
):
    case = file(house, RECENTLY)
    commands.set_tier(number=case.number, tier="3", reason="影响较大", by=house.chen, at=RECENTLY)
    commands.set_tier(number=case.number, tier="1", reason="已恢复", by=house.chen, at=RECENTLY)
    clocks = words(chen.get(f"{case.desk_url}?tab=clocks"))
    assert "已作废：响应级别调整后重算" in clocks
    log = words(chen.get(f"{case.desk_url}?tab=log"))
    assert re.search(r'<td class="mono">[0-9a-f]{12}</td>', log)
    assert "陈主管" in log
    assert 'aria-current="page"' in log[log.index("case-tabs") :]


def test_why_it_was_sorted_so_stands_beside_the_case(house: House, chen: Client):
    case = file(house, RECENTLY, category="", issue="")
    assert "为什么这样分" in words(chen.get(case.desk_url))


def test_a_contact_is_masked_until_a_reason_is_given(house: House, chen: Client):
    case = file(house, RECENTLY)
    assert "13900002718" not in words(chen.get(case.desk_url))
    assert chen.post(f"{case.desk_url}reveal/", {"reason": ""}).status_code == 422
    assert "13900002718" in words(chen.post(f"{case.desk_url}reveal/", {"reason": "电话回访"}))


def test_numbers_taken_out_of_the_words_are_shown_with_a_reason_and_the_look_is_logged(
    house: House, chen: Client
):
    text = "打我另一个号码 13812345678，身份证 11010519491231002X，别再打旧号。"
    case = file(house, RECENTLY, text=text)
    before = words(chen.get(case.desk_url))

    shown = words(chen.post(f"{case.desk_url}reveal/", {"reason": "按用户要求电话回访"}))

    assert "13812345678" not in before
    assert re.search(r"文中手机号</dt><dd[^>]*>13812345678", shown)
    assert re.search(r"文中身份证号</dt><dd[^>]*>11010519491231002X", shown)
    looks = Reveal.objects.filter(case_id=case.id).values_list("field", "reason")
    assert ("words", "按用户要求电话回访") in looks
    log = words(chen.get(f"{case.desk_url}?tab=log"))
    assert log.count("查看了个人信息") == looks.count()


def test_without_a_reason_no_number_is_shown_and_no_look_is_logged(house: House, chen: Client):
    case = file(house, RECENTLY, text="请打 13812345678。")

    response = chen.post(f"{case.desk_url}reveal/", {"reason": "看"})

    assert response.status_code == 422
    assert "13812345678" not in response.content.decode()
    assert not Reveal.objects.exists()


def test_an_empty_house_has_a_calm_dashboard(house: House, chen: Client):
    page = words(chen.get("/desk/dashboard/"))
    kpis = page[page.index('class="kpis"') : page.index("halves")]
    assert "kpi-bad" not in kpis
    assert "—<small></small>" in kpis
    assert "2026年3月5日—3月11日" in page


def test_the_dashboard_in_english_has_no_chinese_of_its_own(house: House, chen: Client):
    assert Role.SUPERVISOR in house.chen.roles
    page = words(chen.get("/desk/dashboard/", headers={"Accept-Language": "en"}))
    assert 'lang="en"' in page
    assert "Service quality" in page
