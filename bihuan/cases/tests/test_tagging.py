"""Tags: one name however it is written, bounded, found again, and never a number of somebody."""

from __future__ import annotations

from typing import Any

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, CaseTag, Tag
from bihuan.cases.queries import Filters
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import on, said
from bihuan.core.refusals import Invalid, NotPermitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return house()


def names(case: Case) -> list[str]:
    return [tag.name for tag in queries.tags([case.id]).get(case.id, [])]


def test_a_tag_is_one_however_it_is_written(home: House) -> None:
    case = file(home)

    commands.tag(**on(case, home.bo_bo), add="#Ｖip，漏水 VIP、 漏水")

    assert names(case) == ["vip", "漏水"]
    assert Tag.objects.count() == 2


def test_tags_come_off_and_what_is_so_already_changes_nothing(home: House) -> None:
    case = commands.tag(**on(file(home), home.bo_bo), add="漏水 退款")

    commands.tag(**on(case, home.bo_bo), add="漏水")
    commands.tag(**on(case, home.bo_bo), remove="退款 没有过")

    assert names(case) == ["漏水"]
    events = said(case, "case.tagged")
    assert [(len(e.data["tags"]), len(e.data["untagged"])) for e in events] == [(2, 0), (0, 1)]
    assert "漏水" not in str([e.data for e in events])


@pytest.mark.parametrize(
    ("add", "why"),
    [
        ("", "missing"),
        ("很" * 21, "too_long"),
        ("用户13900002718", "personal_number"),
        (" ".join(f"标签{n}" for n in range(11)), "too_many_tags"),
    ],
)
def test_a_tag_that_is_none_is_refused(home: House, add: str, why: str) -> None:
    case = file(home)

    with pytest.raises(Invalid) as refused:
        commands.tag(**on(case, home.bo_bo), add=add)

    assert refused.value.fields == {"add": why}
    assert not CaseTag.objects.exists()


def test_a_case_holds_ten_tags_and_no_more(home: House) -> None:
    case = commands.tag(**on(file(home), home.bo_bo), add=" ".join(f"标签{n}" for n in range(10)))

    with pytest.raises(Invalid):
        commands.tag(**on(case, home.bo_bo), add="再来")
    commands.tag(**on(case, home.bo_bo), add="再来", remove="标签0")

    assert len(names(case)) == 10


def test_people_of_another_department_do_not_tag(home: House) -> None:
    with pytest.raises(NotPermitted):
        commands.tag(**on(file(home), home.other_agent), add="漏水")


def test_a_list_is_narrowed_to_a_tag(home: House) -> None:
    case, _other = file(home), file(home)
    commands.tag(**on(case, home.bo_bo), add="漏水")

    def found(tag: str) -> list[Any]:
        page = queries.inbox(home.chen, filters=Filters(tag=tag), at=FRIDAY)
        return [one.id for one in page.cases]

    assert found("漏水") == [case.id]
    assert found("没有过") == []
