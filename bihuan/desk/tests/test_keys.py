"""The keys of the desk: each does something or says why not, and may be another for each reader."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import queries as accounts
from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.cases.tests.stories import resolved
from bihuan.desk import keymap
from bihuan.desk.tests.conftest import RECENTLY

#: What hears them is no button: the list, the browser's own dialog, the toast of a held step.
BY_SCRIPT = {"j", "k", "x", "z"}


@pytest.fixture
def case(house: House) -> Case:
    filed = file(house, RECENTLY)
    return commands.accept(number=filed.number, text="受理。", by=house.bo_bo, at=RECENTLY)


def reply(home: House) -> None:
    raw = {"name": "催办", "composer": "answer", "body": "已催。", "scope": "own"}
    commands.save_macro(raw=raw, by=home.bo_bo, at=RECENTLY)


def kept(page: str) -> dict[str, Any]:
    found = re.search(r'data-keys="([^"]*)"', page)
    assert found
    return json.loads(unescape(found[1]))


def test_e_04_every_key_of_the_map_is_somewhere_on_the_page_of_a_case(
    house: House, bo_bo: Client, case: Case
) -> None:
    reply(house)

    page = bo_bo.get(f"/desk/inbox/{case.number}/?view=all").content.decode()

    there = set(re.findall(r'data-key(?:-too)?="([^"]+)"', page))
    assert set(keymap.OWN) - there == BY_SCRIPT
    assert {"g i", "g d", "g p", "?", "1", "2", "3", "4", "5", "6", "7"} <= there
    for key, action in (("t", "decide/"), ("u", "do/escalate/"), ("l", "do/tag/")):
        assert re.search(rf'href="{case.desk_url}{action}"[^>]*data-key="{key}"', page)
    assert re.search(rf'href="{case.desk_url}decide/"[^>]*data-key-too="e"', page)


def test_e_04_e_leads_to_the_result_once_a_case_is_decided(house: House, bo_bo: Client) -> None:
    case = file(house, RECENTLY)
    resolved(house, case, RECENTLY)

    page = bo_bo.get(case.desk_url).content.decode()

    assert re.search(rf'href="{case.desk_url}decide/"[^>]*data-key="e"', page)


def test_e_04_a_key_that_can_do_nothing_here_says_why(
    house: House, bo_bo: Client, case: Case
) -> None:
    page = bo_bo.get(case.desk_url).content.decode()

    assert re.search(r'aria-disabled="true" data-key="m" data-why="还没有能把话送到商家', page)
    assert re.search(r'aria-disabled="true" data-key="p" data-why="现行手册没有可以停表', page)


def test_e_04_keys_of_one_s_own_are_kept_for_oneself(
    house: House, bo_bo: Client, chen: Client
) -> None:
    assert bo_bo.post("/desk/keys/", {"on": "on", "key-r": "Y"}).status_code == 302

    assert kept(bo_bo.get("/desk/dashboard/").content.decode()) == {"off": False, "map": {"r": "y"}}
    assert kept(chen.get("/desk/dashboard/").content.decode()) == {"off": False, "map": {}}
    assert 'name="key-r" value="Y"' in bo_bo.get("/desk/keys/").content.decode()
    bo_bo.post("/desk/keys/", {"reset": "1"})
    assert accounts.keys_of(house.bo_bo).keys == {}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"key-r": "n"}, "这个键已用于别的操作"),
        ({"key-r": "g"}, "G 用来打头"),
        ({"key-r": "5"}, "请填一个字母或符号"),
        ({"key-r": "回"}, "请填一个字母或符号"),
        ({"key-r": "ab"}, "请填一个字母或符号"),
    ],
)
def test_e_04_a_key_that_cannot_be_is_answered_beside_it_and_kept(
    house: House, bo_bo: Client, given: dict[str, str], why: str
) -> None:
    response = bo_bo.post("/desk/keys/", {"on": "on"} | given)

    assert response.status_code == 422
    assert why in response.content.decode()
    assert accounts.keys_of(house.bo_bo).keys == {}


def test_e_04_two_keys_may_change_places(house: House, bo_bo: Client) -> None:
    bo_bo.post("/desk/keys/", {"on": "on", "key-r": "n", "key-n": "r"})

    assert accounts.keys_of(house.bo_bo).keys == {"r": "n", "n": "r"}


def test_e_04_letters_are_switched_off_on_every_device(house: House, bo_bo: Client) -> None:
    bo_bo.post("/desk/keys/", {"on": "on", "key-r": "y"})

    assert bo_bo.post("/desk/keys/switch/", {"on": "0"}).status_code == 204

    assert kept(bo_bo.get("/desk/inbox/").content.decode()) == {"off": True, "map": {"r": "y"}}
    bo_bo.post("/desk/keys/", {"key-r": "y"})
    assert accounts.keys_of(house.bo_bo).off is True


def rows(client: Client, number: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/desk/palette/?case={number}").json()["rows"]
    return found


def test_e_04_the_palette_offers_what_the_table_offers_here(
    house: House, bo_bo: Client, case: Case
) -> None:
    reply(house)

    found = {row["label"]: row for row in rows(bo_bo, case.number)}

    assert found["作出处理"]["href"] == f"{case.desk_url}decide/"
    assert found["上报主管"] | {"sheet": True} == found["上报主管"]
    assert found["转派"]["key"] == "a"
    assert found["回复用户"]["press"] == "r"
    assert found["催办"]["composer"] == "answer"
    assert found["转商家"]["disabled"] is True
    assert found["收件箱"]["href"] == "/desk/inbox/"
    assert "受理" not in found
    assert "限制查看…" not in found


def test_e_13_the_palette_knows_no_case_that_is_closed_to_its_reader(
    house: House, bo_bo: Client, case: Case
) -> None:
    commands.assign(number=case.number, owner_id=house.chen.id, by=house.chen, at=RECENTLY)
    commands.restrict(number=case.number, reason="涉及同事", by=house.chen, at=RECENTLY)

    assert {row["group"] for row in rows(bo_bo, case.number)} == {"前往"}
    assert Client().get("/desk/palette/").status_code == 302
