"""Canned replies: who keeps them, what is refused, and what a case fills in."""

from __future__ import annotations

from typing import Any

import pytest

from bihuan.cases import commands, queries, variables
from bihuan.cases.models import Macro
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, on
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Stale
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
BODY = "{{name}}您好，案件 {{number}} 由{{department}}处理，最迟 {{due}} 答复。{{agent}}"


@pytest.fixture
def home() -> House:
    return house()


def saved(by: Actor, **changes: Any) -> Macro:
    raw = {"name": "催办安抚", "composer": "answer", "body": BODY, "scope": "own"} | changes
    return commands.save_macro(raw=raw, by=by, at=FRIDAY)


def faults(by: Actor, **changes: Any) -> Invalid:
    with pytest.raises(Invalid) as refused:
        saved(by, **changes)
    return refused.value


def test_e_01_an_unknown_variable_is_refused_and_named(home: House) -> None:
    refused = faults(home.bo_bo, body="{{name}}您好，{{oder}}已发出，{{ 快递 }}")

    assert refused.fields == {"body": "unknown_variable"}
    assert refused.facts["variables"] == "oder、快递"
    assert not Macro.objects.exists()


def test_e_01_every_faulty_field_is_named_at_once(home: House) -> None:
    refused = faults(
        home.bo_bo, name=" ", body="", composer="notify", scope="everybody", priority="x",
        shortcut="t k", tag="13900002718", assign_to="nowhere",
    )  # fmt: skip

    assert refused.fields == {
        "name": "missing", "body": "missing", "composer": "not_known",
        "scope": "only_supervisors_share", "priority": "not_known", "shortcut": "no_blanks",
        "tag": "personal_number", "assign_to": "not_known",
    }  # fmt: skip


def test_e_01_one_s_own_is_nobody_else_s_and_a_shared_one_is_a_supervisor_s(home: House) -> None:
    own = saved(home.bo_bo, name="自己的")
    team = saved(home.chen, name="部门的", scope="department")
    all_ = saved(home.chen, name="大家的", scope="everybody")

    assert {m.id for m in queries.macros(home.bo_bo)} == {own.id, team.id, all_.id}
    assert {m.id for m in queries.macros(home.other_agent)} == {all_.id}
    assert queries.macros(home.ai_li) == []
    with pytest.raises(NotFound):
        commands.delete_macro(macro_id=own.id, by=home.chen, at=FRIDAY)
    with pytest.raises(NotPermitted):
        commands.delete_macro(macro_id=all_.id, by=home.bo_bo, at=FRIDAY)
    with pytest.raises(NotPermitted):
        commands.save_macro(macro_id=team.id, raw={}, by=home.bo_bo, at=FRIDAY)


def test_e_01_each_text_is_a_version_and_says_so_without_its_words(home: House) -> None:
    row = saved(home.chen, scope="everybody")
    raw = {"name": "新名", "composer": "tell", "body": "您好", "scope": "everybody"}

    commands.save_macro(macro_id=row.id, raw=raw | {"version": "1"}, by=home.chen, at=FRIDAY)
    with pytest.raises(Stale):
        commands.save_macro(macro_id=row.id, raw=raw | {"version": "1"}, by=home.chen, at=FRIDAY)
    commands.delete_macro(macro_id=row.id, by=home.chen, at=FRIDAY)

    told = Event.objects.filter(stream=row.id).order_by("seq")
    assert [(e.kind, e.data["version"]) for e in told] == [
        ("macro.saved", 1), ("macro.saved", 2), ("macro.deleted", 2),
    ]  # fmt: skip
    assert "新名" not in str([e.data for e in told])
    assert not Macro.objects.exists()


def test_e_01_a_case_fills_the_variables_and_masks_its_person(home: House) -> None:
    case = file(home)

    made = queries.filled(BODY, "answer", case, by=home.bo_bo, at=FRIDAY)

    assert made.missing == []
    assert made.text.startswith("爱*您好，案件 ")
    assert case.number in made.text
    assert "客服" in made.text
    assert "2月14日" in made.text
    assert made.text.endswith("波波")
    assert "爱丽" not in made.text


def test_e_01_what_has_no_value_stays_and_is_named(home: House) -> None:
    made = queries.filled(
        "订单 {{ order }} 的 {{product}}", "answer", file(home), by=home.bo_bo, at=FRIDAY
    )

    assert made.missing == ["order", "product"]
    assert made.text == "订单 {{order}} 的 {{product}}"


def test_e_01_a_due_that_has_passed_promises_nothing(home: House) -> None:
    case = file(home)

    made = queries.filled("最迟 {{due}}", "answer", case, by=home.bo_bo, at=FRIDAY + 9 * DAY)

    assert made.missing == ["due"]


@pytest.mark.parametrize(
    ("action", "field"),
    [("answer", "text"), ("propose", "solution"), ("tell", "text"), ("note", "text")],
)
def test_e_01_words_with_a_variable_left_in_them_are_not_taken(
    home: House, action: str, field: str
) -> None:
    case = file(home)
    commands.accept(**on(case, home.bo_bo), text="受理。")

    with pytest.raises(Invalid) as refused:
        commands.take(action, raw={field: "您的订单 {{order}} 已退款"}, **on(case, home.bo_bo))

    assert refused.value.fields == {field: "unfilled"}
    assert refused.value.facts["variables"] == "order"
    commands.take(action, raw={field: "模板写成 {{ user_name }} 时报错"}, **on(case, home.bo_bo))


def test_e_01_a_value_is_never_read_as_a_variable() -> None:
    filled = variables.fill("{{name}} {{number}}", {"name": "{{number}}", "number": "TS1"})

    assert filled == "{{number}} TS1"
