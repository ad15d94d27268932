"""Put off at the desk: the sheet, usual moments, what is refused, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.conftest import NOW, RECENTLY


@pytest.fixture
def case(house: House) -> Case:
    filed = file(house, RECENTLY)
    return commands.assign(number=filed.number, owner_id=house.bo_bo.id, by=house.chen, at=RECENTLY)


def test_a_case_put_off_leaves_the_inbox_and_is_found_again(
    house: House, bo_bo: Client, case: Case
) -> None:
    place = f"{case.desk_url}snooze/"
    sheet = bo_bo.get(place, headers={"HX-Request": "true"}).content.decode()
    assert "3 小时后" in sheet
    assert "再下一个工作日" not in sheet  # behind the due

    done = bo_bo.post(place, {"at": (NOW + timedelta(hours=3)).isoformat()})

    assert done["Location"] == "/desk/inbox/?view=mine"
    inbox = bo_bo.get("/desk/inbox/?view=mine").content.decode()
    assert f'id="row-{case.number}"' not in inbox
    assert "已推后 1 件" in inbox
    assert f'id="row-{case.number}"' in bo_bo.get("/desk/inbox/?view=asleep").content.decode()
    assert "已推后到" in bo_bo.get(case.desk_url).content.decode()
    bo_bo.post(f"{case.desk_url}wake/")
    assert f'id="row-{case.number}"' in bo_bo.get("/desk/inbox/?view=mine").content.decode()


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("", "请填写这一项"),
        ("明天", "请填写日期和时间"),
        ("2026-03-11T09:00", "请选一个以后的时间"),
        ("2026-03-13T23:00", "不能推后到时限之后"),
    ],
)
def test_a_moment_that_is_none_is_answered_beside_the_field(
    house: House, bo_bo: Client, case: Case, until: str, why: str
) -> None:
    response = bo_bo.post(f"{case.desk_url}snooze/", {"until": until})

    assert response.status_code == 422
    assert why in response.content.decode()


def test_only_the_owner_is_offered_it(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    assert "snooze/" in bo_bo.get(case.desk_url).content.decode()
    assert "snooze/" not in chen.get(case.desk_url).content.decode()
    late = {"at": (NOW + timedelta(hours=3)).isoformat()}
    assert chen.post(f"{case.desk_url}snooze/", late).status_code == 409
