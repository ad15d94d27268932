"""2.3.3: one record for a breach, explained by who held the case, signed by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from bihuan.accounts import commands as accounts
from bihuan.complaints import commands, queries, rules, tasks
from bihuan.complaints.models import Accountability
from bihuan.complaints.views import records as views
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, NotReady
from bihuan.events import log
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
AT = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)
DUE = AT - timedelta(minutes=5)
STREAM = 4_611_686
CAUSE, MEASURE = "交接时遗漏，未及时改派", "即日起每日 17:00 核对交接清单"
SAID = {"cause_code": "handover", "cause": CAUSE, "measure": MEASURE}


@pytest.fixture
def bobo() -> Actor:
    return _staff("波波", "agent", "bobo")


@pytest.fixture
def chen() -> Actor:
    return _staff("陈主管", "supervisor", "chen")


def _staff(name: str, role: str, login: str) -> Actor:
    row = accounts.create_staff(
        name=name, roles=[role], department="customer_service", username=login, by=SYSTEM, at=AT
    )
    return Actor(row.id, frozenset({Role(role)}), "customer_service", name)


def missed(owner: int, milestone: str = "complaint.accepted", round: int = 1) -> Event:
    with transaction.atomic():
        return log.append(
            "clock.missed", stream=STREAM, by=SYSTEM, at=AT, clause="2.3.3", number="TS1",
            round=round, milestone=milestone, due_at=DUE.isoformat(), owner=owner,
            promises=["C-1.4-4", "C-2.3.1-1", "C-1.4-2"], department="customer_service",
        )  # fmt: skip


def opened(owner: int) -> Accountability:
    tasks.hold_to_account([missed(owner)])
    return Accountability.objects.get()


def test_a_breach_opens_one_record_with_who_held_the_case(bobo: Actor):
    tasks.hold_to_account([missed(bobo.id)])

    row = Accountability.objects.get()
    assert (row.staff_id, row.department, row.due_at) == (bobo.id, "customer_service", DUE)
    assert row.clauses == "1.4 2.3.1"
    said = Event.objects.get(stream=STREAM, kind="accountability.opened")
    assert said.data["accountability"] == row.id
    assert said.data["staff"] == bobo.id


def test_the_same_breach_reported_twice_stays_one_record(bobo: Actor):
    tasks.hold_to_account([missed(bobo.id)])
    tasks.hold_to_account([missed(bobo.id)])

    assert Accountability.objects.count() == 1
    assert Event.objects.filter(kind="accountability.opened").count() == 1


def test_another_step_or_another_round_is_another_breach(bobo: Actor):
    tasks.hold_to_account([missed(bobo.id)])
    tasks.hold_to_account([missed(bobo.id, milestone="case.handling_done")])
    tasks.hold_to_account([missed(bobo.id, round=2)])

    assert Accountability.objects.count() == 3


def test_breaches_said_together_open_a_record_each_however_often_they_are_said(bobo: Actor):
    tasks.hold_to_account([missed(bobo.id)])
    again = [missed(bobo.id), missed(bobo.id, round=2), missed(bobo.id, round=2)]

    tasks.hold_to_account([*again, missed(0, milestone="case.handling_done")])

    rows = Accountability.objects.order_by("round", "milestone")
    assert [(row.round, row.milestone, row.staff_id) for row in rows] == [
        (1, "case.handling_done", 0),
        (1, "complaint.accepted", bobo.id),
        (2, "complaint.accepted", bobo.id),
    ]
    said = Event.objects.filter(kind="accountability.opened").order_by("seq")
    assert {event.data["accountability"] for event in said} == {row.id for row in rows}
    assert len(said) == 3


def test_many_records_cost_no_statement_more_than_few(bobo: Actor):
    def cost(rounds: range) -> int:
        events = [missed(bobo.id, round=number) for number in rounds]
        with CaptureQueriesContext(connection) as asked:
            tasks.hold_to_account(events)
        return len([one for one in asked if "nextval" not in one["sql"]])

    assert cost(range(1, 3)) == cost(range(3, 43))


def test_who_held_the_case_explains_and_a_supervisor_signs(bobo: Actor, chen: Actor):
    row = opened(bobo.id)

    commands.explain(id=row.id, **SAID, by=bobo, at=AT)
    signed = commands.sign(id=row.id, by=chen, at=AT)

    assert (signed.signed_by, signed.signed_at) == (chen.id, AT)
    assert Event.objects.get(kind="accountability.signed").actor_id == chen.id
    assert CAUSE not in str(list(Event.objects.values_list("data", flat=True)))


def test_nothing_is_signed_without_cause_and_measure(bobo: Actor, chen: Actor):
    row = opened(bobo.id)

    with pytest.raises(NotReady) as refusal:
        commands.sign(id=row.id, by=chen, at=AT)

    assert refusal.value.facts["missing"] == ["cause", "measure"]


def test_nobody_signs_his_own_record(chen: Actor):
    row = opened(chen.id)
    commands.explain(id=row.id, **SAID, by=chen, at=AT)

    with pytest.raises(NotPermitted):
        commands.sign(id=row.id, by=chen, at=AT)

    assert queries.get(row.id, chen, AT).signable is False


def test_an_agent_does_not_sign(bobo: Actor):
    row = opened(bobo.id)
    commands.explain(id=row.id, **SAID, by=bobo, at=AT)

    with pytest.raises(NotPermitted):
        commands.sign(id=row.id, by=bobo, at=AT)


def test_what_is_signed_stays_as_it_is(bobo: Actor, chen: Actor):
    row = opened(bobo.id)
    commands.explain(id=row.id, **SAID, by=bobo, at=AT)
    commands.sign(id=row.id, by=chen, at=AT)

    with pytest.raises(NotPossible):
        commands.explain(id=row.id, **{**SAID, "cause": "另一个原因"}, by=bobo, at=AT)
    with pytest.raises(NotPossible):
        commands.sign(id=row.id, by=chen, at=AT)


def test_the_database_refuses_a_signature_without_words(bobo: Actor):
    row = opened(bobo.id)

    with pytest.raises(IntegrityError), transaction.atomic():
        Accountability.objects.filter(id=row.id).update(signed_by=1, signed_at=AT)


def test_every_wrong_field_is_named_at_once(bobo: Actor):
    row = opened(bobo.id)

    with pytest.raises(Invalid) as refusal:
        commands.explain(id=row.id, cause_code="", cause="", measure="x\x00y", by=bobo, at=AT)

    assert refusal.value.fields == {
        "cause_code": "missing",
        "cause": "missing",
        "measure": "control_characters",
    }


def test_a_colleague_sees_no_record_but_his_own(bobo: Actor, chen: Actor):
    row = opened(bobo.id)
    stranger = Actor(999, frozenset({Role.AGENT}), "customer_service")
    customer = Actor(bobo.id, frozenset({Role.CUSTOMER}))

    assert [r.id for r in queries.listed(bobo, AT).records] == [row.id]
    assert [r.id for r in queries.listed(chen, AT).records] == [row.id]
    assert queries.listed(stranger, AT).records == []
    for by in (stranger, customer):
        with pytest.raises(NotFound):
            commands.explain(id=row.id, **SAID, by=by, at=AT)


def test_unsigned_records_come_first(bobo: Actor, chen: Actor):
    first = opened(bobo.id)
    commands.explain(id=first.id, **SAID, by=bobo, at=AT)
    commands.sign(id=first.id, by=chen, at=AT)
    tasks.hold_to_account([missed(bobo.id, milestone="case.handling_done")])

    assert [r.state for r in queries.listed(chen, AT).records] == ["open", "signed"]
    assert queries.unsigned(chen) == 1


def test_a_promise_names_its_clause():
    assert rules.clauses(["C-1.4-4", "C-2.3.1-1", "C-1.4-2"]) == ["1.4", "2.3.1"]


# ---- pages


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "bihuan.complaints.tests.urls"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


class _Said(list[Any]):
    """Where a page puts what was just done, without a session."""

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        self.append(message)


def asked(by: Actor, method: str = "get", data: dict[str, str] | None = None) -> Any:
    request: Any = getattr(RequestFactory(), method)("/desk/accountability/", data or {})
    request.who, request.guest_case, request._messages = by, 0, _Said()
    return request


def test_the_list_shows_the_step_the_due_and_what_is_to_be_done(bobo: Actor):
    opened(bobo.id)

    page = views.records(asked(bobo)).content.decode()

    assert "待说明" in page
    assert "1.4、2.3.1" in page
    assert "波波" in page


def test_a_record_is_explained_by_a_plain_form(bobo: Actor, chen: Actor):
    row = opened(bobo.id)

    bad = views.record(asked(bobo, "post", {**SAID, "cause": "短"}), id=row.id)
    assert bad.status_code == 422
    page = bad.content.decode()
    assert "错误：" in page
    assert MEASURE in page

    good = views.record(asked(bobo, "post", SAID), id=row.id)
    assert good.status_code == 302
    assert "签字确认" in views.record(asked(chen), id=row.id).content.decode()
    assert views.sign(asked(chen, "post"), id=row.id).status_code == 302
    after = views.record(asked(chen), id=row.id).content.decode()
    assert "已签字" in after
    assert "<textarea" not in after


def test_2_3_3_the_first_word_is_his_whom_the_record_names(bobo: Actor, chen: Actor):
    row = opened(bobo.id)

    with pytest.raises(NotPermitted) as refusal:
        commands.explain(id=row.id, **SAID, by=chen, at=AT)

    assert (refusal.value.clause, refusal.value.facts["why"]) == ("2.3.3", "explains_first")
    (early := asked(chen))._at = AT  # as the door reads it
    page = views.record(early, id=row.id).content.decode()
    assert "先由被问责人说明" in page
    assert queries.get(row.id, bobo, AT).explainable


def test_2_3_3_after_two_working_days_a_supervisor_explains_and_the_record_says_so(
    bobo: Actor, chen: Actor
):
    row = opened(bobo.id)
    over = queries.get(row.id, chen, AT).stands_in_from or AT
    assert over > AT + timedelta(days=2)
    with pytest.raises(NotPermitted):
        commands.explain(id=row.id, **SAID, by=chen, at=over - timedelta(minutes=1))
    commands.explain(id=row.id, **SAID, by=chen, at=over)

    assert queries.get(row.id, chen, over).in_place
    assert Event.objects.get(kind="accountability.explained").data["in_place"] is True
    assert "（代为说明）" in views.record(asked(chen), id=row.id).content.decode()


def test_2_3_3_a_supervisor_stands_in_for_who_is_out_and_never_over_his_words(
    bobo: Actor, chen: Actor
):
    row = opened(bobo.id)
    commands.explain(id=row.id, **SAID, by=bobo, at=AT)
    late = AT + timedelta(days=40)
    with pytest.raises(NotPermitted):
        commands.explain(id=row.id, **SAID, by=chen, at=late)

    accounts.set_on_duty(staff_id=bobo.id, on_duty=False, by=chen, at=AT)
    assert commands.explain(id=row.id, **SAID, by=chen, at=AT).explained_by == chen.id
