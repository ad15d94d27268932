"""E.05 over HTTP: the inbox is narrowed, kept under a name, shared, ordered, opened with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases.models import Case, SavedView
from bihuan.cases.tests.people import House, file, house
from tests.house.addresses import at_desk as desk

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def home() -> House:
    return house()


def words(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def rows(page: str) -> set[str]:
    return set(re.findall(r'id="row-([^"]+)"', page))


def saved(client: Client, query: str, name: str = "紧急", shared: str = "") -> Any:
    given = {"list": query, "name": name, "shared": shared}
    return client.post("/desk/views/new/", given)


def cases(home: House) -> tuple[Case, Case]:
    near, far = (file(home, NOW - timedelta(hours=n), order_no="") for n in (1, 2))
    Case.objects.filter(id=near.id).update(priority="urgent", owner_id=0)
    return near, far


def test_e_05_a_narrowed_list_is_saved_from_the_inbox_and_opens_under_its_name(home: House):
    near, _far = cases(home)
    client = desk(home.bo_bo)
    listed = words(client.get("/desk/inbox/?view=all&priority=urgent&owner=nobody"))
    found = re.search(r'href="(/desk/views/new/\?[^"]+)"', listed)
    assert found

    asked = words(client.get(found[1].replace("&amp;", "&")))
    query = re.search(r'name="list" value="([^"]+)"', asked)
    assert query
    answer = saved(client, query[1].replace("&amp;", "&"), "没人管的紧急案件")
    opened = words(client.get(answer["Location"]))

    assert rows(listed) == rows(opened) == {near.number}
    assert re.search(r'aria-current="page"><span>没人管的紧急案件</span>', opened)
    assert "优先级：紧急" in asked
    assert "优先级 <b>紧急</b>" in opened


def test_e_05_each_chip_takes_its_filter_away(home: House):
    near, far = cases(home)
    client = desk(home.bo_bo)
    page = words(client.get("/desk/inbox/?view=all&priority=urgent&kind=complaint"))
    chips = re.findall(r'class="chip" href="([^"]+)"', page)

    wider = words(client.get("/desk/inbox/" + chips[1].replace("&amp;", "&")))

    assert len(chips) == 2
    assert rows(page) == {near.number}
    assert rows(wider) == {near.number, far.number}


def test_e_05_a_shared_view_means_me_for_whoever_opens_it(home: House):
    near, far = cases(home)
    Case.objects.filter(id=far.id).update(owner_id=home.bo_bo.id)
    Case.objects.filter(id=near.id).update(owner_id=home.chen.id)
    place = saved(desk(home.chen), "view=all&owner=me", "我手上的", "everybody")["Location"]

    assert rows(words(desk(home.bo_bo).get(place))) == {far.number}
    assert rows(words(desk(home.chen).get(place))) == {near.number}


def test_e_05_one_s_own_view_is_not_there_for_another(home: House):
    place = saved(desk(home.bo_bo), "view=all")["Location"]
    view = SavedView.objects.get()

    other = desk(home.other_agent)

    assert other.get(place).status_code == 404
    assert other.get(f"/desk/views/{view.id}/").status_code == 404
    assert other.post(f"/desk/views/{view.id}/delete/").status_code == 404
    assert "紧急" not in words(other.get("/desk/views/"))


def test_e_05_renamed_ordered_opened_with_and_deleted(home: House):
    client = desk(home.bo_bo)
    near, _far = cases(home)
    for name in ("甲", "乙"):
        saved(client, "view=all&priority=urgent", name)
    first, second = SavedView.objects.order_by("place")

    client.post(f"/desk/views/{second.id}/move/", {"up": "1"})
    client.post(f"/desk/views/{second.id}/", {"name": "丙", "shared": "department"})
    client.post(f"/desk/views/{second.id}/start/")
    begun = words(client.get("/desk/inbox/"))
    managed = words(client.get("/desk/views/"))
    client.post(f"/desk/views/{second.id}/delete/")

    assert rows(begun) == {near.number}
    assert "<h2>丙</h2>" in begun
    assert managed.index(">丙<") < managed.index(">甲<")
    assert [view.id for view in SavedView.objects.all()] == [first.id]
    assert "<h2>我的</h2>" in words(client.get("/desk/inbox/"))


def test_e_05_a_view_whose_department_is_gone_says_so(home: House):
    client = desk(home.bo_bo)
    saved(client, "view=all&department=legal")
    SavedView.objects.update(query={"view": "all", "department": "no_more"})
    view = SavedView.objects.get()

    opened = words(client.get(f"/desk/inbox/?saved={view.id}"))

    said = "这个视图里的部门“no_more”已不存在"
    assert said in opened
    assert said in words(client.get("/desk/views/"))


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("view=all", "", "请填写这一项"),
        ("view=all", "紧急", "您已有同名的视图"),
        ("view=all&severity=huge", "好", "请从给出的选项中选择"),
        ("view=all&department=nowhere", "好", "请从给出的选项中选择"),
        ("view=all&owner=somebody", "好", "请填写数字"),
    ],
)
def test_e_05_what_cannot_be_saved_is_said_and_kept(home: House, query: str, name: str, said: str):
    client = desk(home.bo_bo)
    saved(client, "view=all")

    answer = saved(client, query, name)

    assert said in words(answer, 422)
    assert SavedView.objects.count() == 1
    assert saved(client, "view=all", "大家的", "everybody").status_code == 422


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("received_from=2026-03-02&received_to=2026-03-01", "received_to"),
        ("merchant=没有这家店", "merchant"),
        ("due=5", "due"),
    ],
)
def test_e_05_a_filter_that_cannot_be_meant_is_answered_beside_it(
    home: House, query: str, field: str
):
    page = words(desk(home.bo_bo).get(f"/desk/inbox/?view=all&{query}"), 422)

    assert f'id="filter_{field}_fault"' in page
    assert ("没有这家店" in page) == (field == "merchant")


def test_e_05_how_many_a_view_holds_comes_after_the_list(home: House):
    cases(home)
    client = desk(home.chen)
    place = saved(client, "view=all&priority=urgent")["Location"]
    view = SavedView.objects.get()

    page = words(client.get(place))
    counted = words(client.get(f"/desk/views/counts/?saved={view.id}"))

    assert f'hx-get="/desk/views/counts/?saved={view.id}"' in page
    assert '<span class="badge">1</span>' in counted
    assert 'aria-current="page"' in counted
