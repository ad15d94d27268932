"""Retention and holds at the desk (2.2.4)."""

from __future__ import annotations

import pytest

from bihuan.cases import queries
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.desk.tests.conftest import RECENTLY, desk_of

pytestmark = pytest.mark.django_db


def test_2_18_2_2_4_a_supervisor_holds_a_file_and_a_lawyer_lets_it_go(house: House) -> None:
    case = people.file(house, RECENTLY)
    chen, lawyer = desk_of(house.chen), desk_of(people.lawyer("何清"))
    place = f"{case.desk_url}keeping/"

    short = chen.post(place, {"act": "place", "reason": "急"})
    chen.post(place, {"act": "place", "reason": "监管部门调取"})

    assert short.status_code == 422
    assert "至少 4 个字" in short.content.decode()
    page = chen.get(place).content.decode()
    assert "证据保全中" in page
    assert "解除证据保全" not in page
    assert case.number in chen.get("/desk/archive/").content.decode()
    lawyer.post(place, {"act": "lift", "reason": "调取完毕"})
    assert queries.legal_hold(case) is None
    assert "没有保全中的案件" in chen.get("/desk/archive/").content.decode()
    assert "没有保存期满的案件" in chen.get("/desk/archive/?view=over").content.decode()


def test_an_agent_reads_it_and_holds_nothing(house: House) -> None:
    case = people.file(house, RECENTLY)
    agent = desk_of(house.bo_bo)

    assert "采取证据保全" not in agent.get(f"{case.desk_url}keeping/").content.decode()
    held = agent.post(f"{case.desk_url}keeping/", {"act": "place", "reason": "监管部门调取"})
    assert held.status_code == 403
