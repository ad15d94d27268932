"""What each step must be told, checked at once and named field by field; no database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.fields import FIELDS, clean
from bihuan.core.refusals import Invalid

PLAN = {"what": "回访确认", "owner_id": 7, "due_on": "2026-03-01"}


def why(action: str, raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        clean(action, raw)
    return refused.value.fields


@pytest.mark.parametrize(
    ("action", "raw", "values"),
    [
        ("answer", {"text": " 您好\r\n正在核实 "}, {"text": "您好\n正在核实"}),
        ("decline", {"reason": "理由", "basis": "1.3"}, {"reason": "理由", "basis": "1.3"}),
        ("review", {"reason": "齐全"}, {"investigation": False, "reason": "齐全", "lead_id": 0}),
        ("review", {"reason": "齐全", "investigation": "on", "lead_id": "41"},
         {"investigation": True, "reason": "齐全", "lead_id": 41}),
        ("repair", {"failed": "支付", "restored_at": "2026-02-13T16:00+08:00"},
         {"failed": "支付", "restored_at": datetime(2026, 2, 13, 8, tzinfo=UTC)}),
        ("set_tier", {"tier": 2, "reason": "扩大"}, {"tier": "2", "reason": "扩大"}),
        ("set_tier", {"tier": "3", "reason": "扩大"}, {"tier": "3", "reason": "扩大"}),
        ("merge", {"into": " TS1 "}, {"into": "TS1"}),
        ("plan", {"owner_id": 7, "due_on": "2026-03-01", "text": "研究"},
         {"owner_id": 7, "due_on": date(2026, 3, 1), "text": "研究"}),
        ("add_material", {"file_ids": [1, "2"]}, {"text": "", "file_ids": (1, 2)}),
        ("add_material", {"text": "见图", "file_ids": ""}, {"text": "见图", "file_ids": ()}),
        ("add_material", {"text": "见图"}, {"text": "见图", "file_ids": ()}),
        ("notify", {"progress": "核", "result": "退", "follow_ups": [PLAN], "channel": "phone"},
         {"progress": "核", "result": "退", "channel": "phone",
          "follow_ups": ({"what": "回访确认", "owner_id": 7, "due_on": date(2026, 3, 1)},)}),
        ("rate", {"scores": {"attitude": "5", "result": 3}},
         {"scores": {"attitude": 5, "result": 3}, "text": ""}),
        ("confirm", {"expected_version": 3}, {}),
    ],
)  # fmt: skip
def test_what_is_given_is_taken_in_its_kind(action, raw, values):
    assert clean(action, raw) == values


def test_an_optional_field_left_out_is_empty_in_its_kind():
    assert clean("classify", {"reason": "核对"}) == {
        "kind": "", "category": "", "issue": "", "complained_at": None, "reason": "核对",
    }  # fmt: skip
    assert clean("assign", {}) == {"owner_id": 0, "department": "", "reason": ""}


@pytest.mark.parametrize(
    ("action", "raw", "faults"),
    [
        ("answer", {}, {"text": "missing"}),
        ("answer", {"text": "   \n "}, {"text": "missing"}),
        ("answer", {"text": 3}, {"text": "not_text"}),
        ("answer", {"text": ["您好"]}, {"text": "not_text"}),
        ("answer", {"text": "好\x00"}, {"text": "control_characters"}),
        ("answer", {"text": "长" * 20_001}, {"text": "too_long"}),
        ("answer", {"text": "好", "due_at": "x", "owner": 1},
         {"due_at": "unknown_field", "owner": "unknown_field"}),
        ("decline", {}, {"reason": "missing", "basis": "missing"}),
        ("decline", {"reason": "理由", "basis": "两\n行"}, {"basis": "one_line"}),
        ("review", {"reason": "齐全", "investigation": "perhaps", "lead_id": "x"},
         {"investigation": "not_a_flag", "lead_id": "not_a_number"}),
        ("review", {"reason": "齐全", "investigation": [1]}, {"investigation": "not_a_flag"}),
        ("repair", {"failed": "支付", "restored_at": "2026-02-13T16:00"},
         {"restored_at": "no_time_zone"}),
        ("set_tier", {"tier": True, "reason": "扩大"}, {"tier": "not_known"}),
        ("set_tier", {"tier": {"n": 2}, "reason": "扩大"}, {"tier": "not_known"}),
        ("set_tier", {"tier": 4, "reason": "扩大"}, {"tier": "not_known"}),
        ("set_severity", {"severity": "grave", "reason": "重"}, {"severity": "not_known"}),
        ("plan", {"owner_id": 10**40, "due_on": "9999-12-31", "text": "研究"},
         {"owner_id": "out_of_range", "due_on": "not_a_day"}),
        ("merge", {"into": "T" * 61}, {"into": "too_long"}),
        ("add_material", {"file_ids": "1,2"}, {"file_ids": "not_a_list"}),
        ("add_material", {"file_ids": [1] * 51}, {"file_ids": "not_a_list"}),
        ("add_material", {"file_ids": ["x"]}, {"file_ids": "not_a_number"}),
        ("rate", {"scores": [5]}, {"scores": "not_an_object"}),
        ("rate", {"scores": {"attitude": 6}}, {"scores": "out_of_range"}),
        ("rate", {"scores": {f"q{n}": 5 for n in range(99)}}, {"scores": "not_an_object"}),
        ("notify", {"progress": "核", "result": "退", "follow_ups": []}, {"follow_ups": "missing"}),
        ("notify", {"progress": "核", "result": "退", "follow_ups": ["回访"]},
         {"follow_ups": "not_a_follow_up"}),
        ("notify", {"progress": "核", "result": "退", "follow_ups": [{"what": "访"}]},
         {"follow_ups.what": "too_short", "follow_ups.owner_id": "not_a_number",
          "follow_ups.due_on": "missing"}),
    ],
)  # fmt: skip
def test_every_wrong_field_is_named_with_its_fault(action, raw, faults):
    assert why(action, raw) == faults


def test_the_name_of_an_unknown_field_is_not_repeated_at_any_length():
    [name] = why("confirm", {"x" * 5000: 1})

    assert len(name) == 60


ODD = [
    None, True, False, 0, -1, 7, 10**40, 1.5, float("nan"), "", " ", "x", "on", "\x00", "\ud800",
    "2026-02-30", "9999-12-31", "general", [], ["x"], [None], [{}], [PLAN], {}, {"what": 1},
]  # fmt: skip


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_nothing_that_json_can_say_is_an_error(action, data):
    names = [field.name for field in FIELDS[action]]
    raw = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, st.sampled_from(ODD))))

    try:
        named = [*clean(action, raw)]
    except Invalid as refused:
        named = [name.partition(".")[0] for name in refused.fields]

    assert {*named} <= {*names}
