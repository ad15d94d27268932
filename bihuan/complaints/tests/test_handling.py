"""The steps of payment and logistics problems: done, left out with a reason, never a gate (6.1)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import HOUR, decided, handled, on, said, words
from bihuan.complaints import commands, queries
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db
NOON = FRIDAY + 2 * HOUR


@pytest.fixture
def home() -> House:
    return people.house()


@pytest.fixture
def case(home: House) -> Case:
    return people.file(home, text="支付扣了两次钱。", issue="payment_error")


def left(case: Case) -> list[str]:
    return [step.id for step in queries.steps_left(case, NOON)]


def mark(home: House, case: Case, step: str, state: str, reason: str = "") -> None:
    commands.mark_step(**on(case, home.bo_bo, NOON), step=step, state=state, reason=reason)


def test_a_payment_problem_has_its_four_steps_and_a_quality_problem_none(
    home: House, case: Case
) -> None:
    shown = [(one.step.id, one.step.asks) for one in queries.handling(case, NOON)]
    other = people.file(home, issue="product_quality")
    praise = people.file(home, kind="praise", text="支付很方便。", issue="payment_error")

    assert shown == [
        ("payment_flow", ""), ("payment_asked", "payment"), ("payment_corrected", ""),
        ("payment_told", ""),
    ]  # fmt: skip
    assert queries.handling(other, NOON) == queries.handling(praise, NOON) == []
    [line] = queries.worklist(home.bo_bo, NOON, group="payment").lines
    assert line.case.number == case.number


def test_a_step_is_done_left_out_with_a_reason_and_opened_again(home: House, case: Case) -> None:
    assert left(case) == ["payment_flow", "payment_corrected", "payment_told"]

    mark(home, case, "payment_flow", "done")
    mark(home, case, "payment_corrected", "skipped", "银行已自动退回")

    assert left(case) == ["payment_told"]
    taken = {one.step.id: one.mark for one in queries.handling(case, NOON)}
    skipped = taken["payment_corrected"]
    assert skipped
    assert (skipped.skipped, skipped.reason, skipped.by_id) == (
        True, "银行已自动退回", home.bo_bo.id,
    )  # fmt: skip
    [event] = said(case, "handling.skipped")
    assert event.data == {"number": case.number, "round": 1, "step": "payment_corrected"}
    assert words(case).text == "银行已自动退回"

    mark(home, case, "payment_flow", "open")
    assert left(case) == ["payment_flow", "payment_told"]
    mark(home, case, "payment_corrected", "done")
    assert [event.kind for event in said(case) if event.kind.startswith("handling.")] == [
        "handling.done", "handling.skipped", "handling.undone", "handling.done",
    ]  # fmt: skip


def test_what_cannot_be_marked_is_refused_by_name(home: House, case: Case) -> None:
    for given, fields in (
        ({"step": "payment_flow", "state": "skipped"}, {"reason": "missing"}),
        ({"step": "parcel_traced", "state": "done"}, {"step": "not_known"}),
        ({"step": "payment_flow", "state": "perhaps"}, {"state": "not_known"}),
    ):
        with pytest.raises(Invalid) as refused:
            mark(home, case, **given)
        assert refused.value.fields == fields
    mark(home, case, "payment_flow", "done")
    with pytest.raises(NotPossible):
        mark(home, case, "payment_flow", "done")
    with pytest.raises(NotPermitted):
        commands.mark_step(**on(case, home.other_agent, NOON), step="payment_told", state="done")
    cases.withdraw(**on(case, home.ai_li, NOON))
    with pytest.raises(NotPossible):
        mark(home, case, "payment_told", "done")


def test_open_steps_hinder_no_decision(home: House, case: Case) -> None:
    cases.assign(**on(case, home.chen), owner_id=home.bo_bo.id)
    case.refresh_from_db()
    people.proven(home.ai_li)
    handled(home, case)

    assert decided(home, case).state == "resolved"
    assert left(case) == ["payment_flow", "payment_corrected", "payment_told"]


def test_a_new_round_begins_its_steps_anew(home: House, case: Case) -> None:
    mark(home, case, "payment_flow", "done")
    Case.objects.filter(id=case.id).update(round=2)
    case.refresh_from_db()

    assert "payment_flow" in left(case)
