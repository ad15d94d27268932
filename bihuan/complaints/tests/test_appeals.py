"""2.3.3: who is held to account may object, and somebody without a part in it decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import FRIDAY, House, house
from bihuan.complaints import commands, queries
from bihuan.complaints.models import Accountability, Appeal
from bihuan.complaints.tests.people import HOUR, SAID, breached, staff
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import DeadLetter, Event
from bihuan.events.relay import drain
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
AT = FRIDAY + 26 * HOUR
WHY = "交接单上没有这件投诉，接手人是法务部。"
REASON = "核对日志后确认，当时案件已移交。"


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def judge(home: House) -> Actor:
    return staff("合规周", Role.COMPLIANCE, "compliance")


def objected(home: House) -> Accountability:
    """波波 objects to a record that 陈主管 signed."""
    _, row = breached(home)
    commands.explain(id=row.id, **SAID, by=home.bo_bo, at=AT)
    commands.sign(id=row.id, by=home.chen, at=AT)
    commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=AT + HOUR)
    row.refresh_from_db()
    return row


def kinds(row: Accountability) -> list[str]:
    found = Event.objects.filter(stream=row.case_id, data__accountability=row.id)
    return list(found.order_by("seq").values_list("kind", flat=True))


def test_an_objection_that_is_upheld_cancels_the_record_which_stays_to_be_seen(
    home: House, judge: Actor
):
    row = objected(home)

    commands.decide(id=row.id, outcome="upheld", reason=REASON, by=judge, at=AT + 2 * HOUR)

    shown = queries.get(row.id, home.bo_bo, AT + 3 * HOUR)
    assert (shown.state, shown.cancelled_at) == ("cancelled", AT + 2 * HOUR)
    [one] = queries.appeals(row.id, home.bo_bo, AT).objections
    assert (one.outcome, one.reason, one.decider) == ("upheld", REASON, "合规周")
    assert kinds(row) == [
        "accountability.opened", "accountability.explained", "accountability.signed",
        "accountability.appealed", "accountability.cancelled",
    ]  # fmt: skip
    assert queries.unsigned(home.chen) == queries.unsigned(judge)
    assert WHY not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_record_moved_to_whom_it_belongs_is_explained_and_signed_anew(home: House, judge: Actor):
    row = objected(home)
    he = home.other_agent

    commands.decide(
        id=row.id, outcome="changed", reason=REASON, staff_id=he.id, by=judge, at=AT + 2 * HOUR
    )

    moved = queries.get(row.id, he, AT + 3 * HOUR)
    assert (moved.holder, moved.department, moved.state) == ("法务何", "法务部", "open")
    assert moved.explainable
    [one] = queries.appeals(row.id, he, AT).objections
    assert (one.former_cause, one.moved_to) == (SAID["cause"], "法务何")
    commands.explain(id=row.id, **SAID, by=he, at=AT + 3 * HOUR)
    commands.sign(id=row.id, by=home.chen, at=AT + 4 * HOUR)
    commands.appeal(id=row.id, grounds="案件到我手上时已经超时。", by=he, at=AT + 5 * HOUR)
    said = Event.objects.get(stream=row.case_id, kind="accountability.reassigned")
    assert said.data["before"] == {"staff": home.bo_bo.id, "department": "customer_service"}
    assert said.data["staff"] == he.id


def test_a_record_may_be_moved_to_a_department_alone(home: House, judge: Actor):
    row = objected(home)

    commands.decide(
        id=row.id, outcome="changed", reason=REASON, department="technology", by=judge, at=AT + HOUR
    )

    shown = queries.get(row.id, home.chen, AT + HOUR)
    assert (shown.holder, shown.department) == ("", "技术部")


def test_an_objection_that_is_dismissed_leaves_the_record_as_it_was(home: House, judge: Actor):
    row = objected(home)

    commands.decide(id=row.id, outcome="dismissed", reason=REASON, by=judge, at=AT + 2 * HOUR)

    shown = queries.get(row.id, home.bo_bo, AT + 3 * HOUR)
    assert (shown.state, shown.signer, shown.holder) == ("signed", "陈主管", "波波")


def test_everybody_concerned_is_told_of_it(home: House, judge: Actor):
    row = objected(home)
    commands.decide(
        id=row.id, outcome="changed", reason=REASON, staff_id=home.other_agent.id, by=judge, at=AT
    )
    drain(AT + HOUR)

    told = Message.objects.filter(staff_id=home.other_agent.id, channel="inbox")
    assert "问责记录待处理" in told.get().subject
    assert not DeadLetter.objects.exists()


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("signer", "signer"),
        ("appellant", "appellant"),
        ("explainer", "explainer"),
        ("department", "own_department"),
        ("agent", "not_a_supervisor"),
    ],
)
def test_nobody_decides_who_had_a_part_in_it(home: House, judge: Actor, who: str, why: str):
    _, row = breached(home)
    lin = staff("林主管", Role.SUPERVISOR, "legal")
    explainer = staff("说明人", Role.SUPERVISOR, "legal")
    Accountability.objects.filter(id=row.id).update(staff_id=lin.id)
    by_role = {
        "signer": home.chen,
        "appellant": lin,
        "explainer": explainer,
        "department": staff("同部门", Role.SUPERVISOR, "customer_service"),
        "agent": staff("经办", Role.AGENT, "legal"),
    }
    accounts.set_on_duty(staff_id=lin.id, on_duty=False, by=home.chen, at=AT)
    commands.explain(id=row.id, **SAID, by=explainer, at=AT)
    commands.sign(id=row.id, by=home.chen, at=AT)
    commands.appeal(id=row.id, grounds=WHY, by=lin, at=AT)

    kind = NotFound if who == "agent" else NotPermitted
    with pytest.raises(kind) as refused:
        commands.decide(id=row.id, outcome="upheld", reason=REASON, by=by_role[who], at=AT)

    if who != "agent":
        assert refused.value.facts["why"] == why
        assert queries.appeals(row.id, by_role[who], AT).unfit == why
    assert queries.appeals(row.id, judge, AT).decidable
    commands.decide(id=row.id, outcome="upheld", reason=REASON, by=judge, at=AT)


def test_only_whom_the_record_names_objects_once_and_in_time(home: House):
    _, row = breached(home)
    late = FRIDAY + 25 * HOUR + timedelta(days=7, minutes=1)

    with pytest.raises(NotPermitted):
        commands.appeal(id=row.id, grounds=WHY, by=home.chen, at=AT)
    with pytest.raises(NotPossible) as refused:
        commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=late)
    assert refused.value.facts["state"] == "too_late"
    with pytest.raises(Invalid):
        commands.appeal(id=row.id, grounds="短", by=home.bo_bo, at=AT)
    commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=AT)
    with pytest.raises(NotPossible) as refused:
        commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=AT)
    assert refused.value.facts["state"] == "appealed"


def test_a_signature_opens_the_days_to_object_anew(home: House, judge: Actor):
    _, row = breached(home)
    signed = AT + timedelta(days=20)
    commands.explain(id=row.id, **SAID, by=home.bo_bo, at=signed)
    commands.sign(id=row.id, by=home.chen, at=signed)

    commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=signed + timedelta(days=7))

    assert Appeal.objects.count() == 1


def test_nothing_is_said_or_signed_while_an_objection_is_open(home: House, judge: Actor):
    _, row = breached(home)
    commands.explain(id=row.id, **SAID, by=home.bo_bo, at=AT)
    commands.appeal(id=row.id, grounds=WHY, by=home.bo_bo, at=AT)

    for act in (
        lambda: commands.sign(id=row.id, by=home.chen, at=AT),
        lambda: commands.explain(id=row.id, **SAID, by=home.bo_bo, at=AT),
    ):
        with pytest.raises(NotPossible) as refused:
            act()
        assert refused.value.facts["state"] == "appealed"
    assert not queries.get(row.id, home.chen, AT).signable


def test_what_is_decided_is_decided_and_a_cancelled_record_asks_nothing(home: House, judge: Actor):
    row = objected(home)
    commands.decide(id=row.id, outcome="upheld", reason=REASON, by=judge, at=AT)

    with pytest.raises(NotPossible):
        commands.decide(id=row.id, outcome="dismissed", reason=REASON, by=judge, at=AT)
    with pytest.raises(NotPossible):
        commands.explain(id=row.id, **SAID, by=home.bo_bo, at=AT)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "perhaps"}, "outcome"),
        ({"reason": ""}, "reason"),
        ({}, "staff_id"),
        ({"staff_id": 10**15}, "staff_id"),
        ({"department": "moon"}, "department"),
        ({"department": "customer_service"}, "department"),
    ],
)
def test_a_decision_says_what_it_decides(
    home: House, judge: Actor, given: dict[str, object], field: str
):
    row = objected(home)
    asked = {"outcome": "changed", "reason": REASON, **given}

    with pytest.raises(Invalid) as refused:
        commands.decide(id=row.id, **asked, by=judge, at=AT)  # type: ignore[arg-type]

    assert field in refused.value.fields


def test_numbers_of_persons_are_masked_in_what_is_kept(home: House):
    _, row = breached(home)

    commands.appeal(id=row.id, grounds="用户 13900002718 已被告知。", by=home.bo_bo, at=AT)

    assert "13900002718" not in Appeal.objects.get().grounds


def test_who_explained_for_another_does_not_sign(home: House):
    _, row = breached(home)
    accounts.set_on_duty(staff_id=home.bo_bo.id, on_duty=False, by=home.chen, at=AT)
    commands.explain(id=row.id, **SAID, by=home.chen, at=AT)

    with pytest.raises(NotPermitted) as refused:
        commands.sign(id=row.id, by=home.chen, at=AT)

    assert refused.value.facts["why"] == "explainer"
    assert not queries.get(row.id, home.chen, AT).signable


def test_the_database_refuses_who_decides_his_own(home: House):
    row = objected(home)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(record_id=row.id).update(
            outcome="upheld", reason="x", decided_by=home.bo_bo.id, decided_at=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Accountability.objects.filter(id=row.id).update(signed_by=home.bo_bo.id)
