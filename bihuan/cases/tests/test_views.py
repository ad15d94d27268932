"""Lists kept under a name: own, shared, moved, renamed, deleted, and what they are narrowed to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.accounts.models import Staff
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted

pytestmark = pytest.mark.django_db

AT = FRIDAY + HOUR
MAJOR = {"view": "all", "severity": "major"}


def names(by: Actor) -> list[str]:
    return [view.name for view in queries.saved_views(by)]


def save(by: Actor, name: str = "重大", shared: str = "", **query: str) -> int:
    found = commands.save_view(name=name, query=query or MAJOR, shared=shared, by=by, at=AT)
    return found.id


def held(home: House, by: Actor | None = None, **query: str) -> list[str]:
    by = by or home.chen
    filters = queries.narrowed(query, by, AT)
    page = queries.inbox(by, view="all", filters=filters, at=AT)
    return sorted(case.number for case in page.cases)


def test_one_s_own_view_is_nobody_elses_and_a_shared_one_is_its_department_s():
    home = house()
    save(home.bo_bo, "我自己的")
    save(home.bo_bo, "客服部的", "department")
    save(home.chen, "大家的", "everybody")

    assert names(home.bo_bo) == ["我自己的", "客服部的", "大家的"]
    assert names(home.chen) == ["大家的", "客服部的"]
    assert names(home.other_agent) == ["大家的"]
    assert names(home.ai_li) == []


def test_with_everybody_only_a_supervisor_shares_and_deletes_what_is_shared():
    home = house()
    with pytest.raises(NotPermitted):
        save(home.bo_bo, shared="everybody")
    own = save(home.bo_bo, "客服部的", "department")
    private = save(home.bo_bo, "我自己的")
    everybodys = save(home.chen, "大家的", "everybody")

    with pytest.raises(NotPermitted):
        commands.delete_view(view_id=everybodys, by=home.bo_bo, at=AT)
    with pytest.raises(NotFound):
        commands.delete_view(view_id=private, by=home.chen, at=AT)
    commands.delete_view(view_id=own, by=home.chen, at=AT)

    assert names(home.bo_bo) == ["我自己的", "大家的"]


def test_a_renamed_view_keeps_what_it_holds_and_a_name_is_taken_once():
    home = house()
    first = save(home.bo_bo)
    save(home.bo_bo, "紧急", priority="urgent")

    with pytest.raises(Invalid) as taken:
        commands.change_view(view_id=first, name="紧急", by=home.bo_bo, at=AT)
    commands.change_view(view_id=first, name="重大投诉", by=home.bo_bo, at=AT)

    assert taken.value.fields == {"name": "name_taken"}
    assert queries.saved_view(first, home.bo_bo).query == MAJOR


def test_views_stand_in_the_order_their_owner_gives_them():
    home = house()
    for name in ("甲", "乙", "丙"):
        last = save(home.bo_bo, name)

    commands.move_view(view_id=last, up=True, by=home.bo_bo, at=AT)
    commands.move_view(view_id=last, up=True, by=home.bo_bo, at=AT)
    commands.move_view(view_id=last, up=True, by=home.bo_bo, at=AT)

    assert names(home.bo_bo) == ["丙", "甲", "乙"]


def test_the_default_is_one_s_own_choice_and_goes_with_its_view():
    home = house()
    shared = save(home.chen, "大家的", "everybody")

    commands.start_with(view_id=shared, by=home.bo_bo, at=AT)

    assert queries.start_view(home.chen) is None
    chosen = queries.start_view(home.bo_bo)
    assert chosen is not None
    assert chosen.id == shared
    commands.delete_view(view_id=shared, by=home.chen, at=AT)
    assert queries.start_view(home.bo_bo) is None


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("", MAJOR, "name"),
        ("长" * 31, MAJOR, "name"),
        ("好", {"view": "nowhere"}, "view"),
        ("好", {"severity": "huge"}, "severity"),
        ("好", {"department": "nowhere"}, "department"),
        ("好", {"owner": "99"}, "owner"),
        ("好", {"merchant": "99"}, "merchant"),
        ("好", {"issue": "nothing"}, "issue"),
        ("好", {"received_from": "2026-03-02", "received_to": "2026-03-01"}, "received_to"),
    ],
)
def test_what_cannot_be_meant_is_not_saved(name: str, query: dict[str, str], field: str):
    home = house()

    with pytest.raises(Invalid) as refused:
        commands.save_view(name=name, query=query, by=home.bo_bo, at=AT)

    assert field in refused.value.fields


def test_a_view_says_what_it_names_that_is_gone():
    home = house()
    view = queries.saved_view(save(home.chen, owner=str(home.bo_bo.id)), home.chen)
    before = queries.gone([view.query], AT)
    user = Staff.objects.get(id=home.bo_bo.id).user
    user.is_active = False
    user.save()

    assert (before, queries.gone([view.query], AT)) == ([[]], [["owner"]])
    assert queries.gone([{"department": "nowhere", "issue": "nothing"}, {}], AT) == [
        ["department", "issue"], [],
    ]  # fmt: skip


def test_a_list_is_narrowed_by_whose_channel_due_and_day():
    home = house()
    near = file(home, FRIDAY - 20 * HOUR, order_no="", channel="phone")
    late = file(home, FRIDAY - 3 * DAY, order_no="", category="other")
    Case.objects.filter(id=near.id).update(owner_id=0, merchant_id=7)
    Case.objects.filter(id=late.id).update(owner_id=home.chen.id, priority="urgent")

    assert held(home, owner="me") == held(home, priority="urgent") == [late.number]
    assert held(home, owner="nobody") == held(home, channel="phone") == [near.number]
    assert held(home, merchant="7") == held(home, due="4") == [near.number]
    assert held(home, due="late") == held(home, received_to="2026-02-11") == [late.number]
    assert held(home, received_from="2026-02-12") == [near.number]
    assert held(home, home.bo_bo, owner="me") == []
    assert held(home, issue="nothing", state="filed") == []


def test_counts_are_as_far_as_they_are_shown_and_none_for_what_cannot_be_read():
    home = house()
    for n in range(3):
        file(home, FRIDAY + timedelta(seconds=n), order_no="")
    save(home.chen, "未受理", state="filed")
    broken = queries.saved_view(save(home.chen, "坏的", owner="me"), home.chen)
    broken.query = {"view": "all", "severity": "huge"}

    views = [*queries.saved_views(home.chen)[:1], broken]

    assert queries.counts_of(views, home.chen, AT) == {views[0].id: 3}
