"""Money is asked back within what was paid, once a key; the first final answer stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bihuan.accounts import commands as people
from bihuan.accounts.commands import Contact
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.ports import RefundFacts
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.demo.shop import _plain
from bihuan.events.models import Event
from bihuan.orders import commands, queries, rules
from bihuan.orders.models import OrderCopy, Refund
from bihuan.orders.tests import shops
from bihuan.orders.tests.shops import AT, LAMP, Clock, Liar

pytestmark = pytest.mark.django_db
AGENT = Actor(7, frozenset({Role.AGENT}), "customer_service", "波波")
CASE = 990_001


@pytest.fixture
def order() -> OrderCopy:
    person = people.register_person(contact=Contact(account=LAMP.account), at=AT)
    return commands.keep_copy(person_id=person, facts=LAMP, at=AT)


@pytest.fixture
def liar(settings: Any) -> Iterator[Liar]:
    """An order system whose answers a test sets."""
    with shops.lying(Clock(), lambda _: {"refund": None}) as found:
        settings.ORDERS = found.system
        yield found


def ask(order: OrderCopy, fen: object = 5000, by: Actor = AGENT, **more: Any) -> Refund:
    return commands.ask_refund(
        case_id=CASE, order_id=order.id, amount_fen=fen, reason="damaged", by=by, at=AT, **more
    )


def hear(row: Refund, state: str, *, days: int = 0) -> Refund:
    reason = "商家不同意" if state == "refused" else ""
    told = RefundFacts(row.key, LAMP.number, row.amount_fen, state, AT, reason)
    return commands.hear_refund(refund_id=row.id, told=told, at=AT + timedelta(days=days))


def said() -> list[str]:
    return list(Event.objects.filter(stream=CASE).order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("fen", "fault"),
    [(0, "out_of_range"), (-1, "out_of_range"), ("1.5", "not_a_number"), (14901, "more_than_left")],
)
def test_no_more_is_asked_back_than_was_paid_and_is_not_on_its_way(order, fen, fault):
    ask(order)

    with pytest.raises(Invalid) as refused:
        ask(order, fen)

    assert refused.value.fields == {"amount_fen": fault}
    assert queries.left_fen(order) == 14900


def test_what_was_refused_may_be_asked_for_again_and_what_the_shop_gave_back_counts_once(order):
    first, second = ask(order), ask(order)
    hear(first, "refused")
    hear(second, "done")
    order.refunded_fen = 5000
    order.save()

    assert queries.left_fen(order) == 14900


@pytest.mark.parametrize(
    "by", [SYSTEM, Actor(0, frozenset({Role.AGENT})), Actor(5, frozenset({Role.CUSTOMER}))]
)
def test_l_20_no_program_and_no_customer_asks_money_back(order, by):
    with pytest.raises(NotPermitted):
        ask(order, by=by)


def test_the_same_form_sent_twice_asks_once(order):
    assert ask(order, mark="a" * 24).id == ask(order, mark="a" * 24).id
    assert said() == ["refund.asked"]


def test_the_same_answer_twice_does_nothing_and_a_different_one_is_named(order):
    row = ask(order)
    hear(row, "accepted")
    hear(row, "done")
    hear(row, "done", days=1)
    contradicted = hear(row, "refused", days=2)
    hear(row, "refused", days=3)

    assert (contradicted.state, contradicted.contradicted_state) == ("done", "refused")
    assert said() == ["refund.asked", "refund.accepted", "refund.done", "refund.contradicted"]


def test_what_ended_is_looked_at_for_a_week_and_then_no_more(order):
    row = ask(order)

    assert hear(row, "done").next_at == AT + rules.LOOKED_AGAIN
    assert hear(row, "done", days=7).next_at is None


def test_a_refusal_is_final_with_the_shops_reason(order):
    row = hear(ask(order), "refused")

    assert (row.state, row.said, row.is_final) == ("refused", "商家不同意", True)


def test_after_silence_it_is_asked_again_by_its_key_and_after_an_hour_somebody_is_told(order, liar):
    row = ask(order)
    liar.status = 500

    commands.carry_refunds(at=AT)
    waiting = commands.carry_refunds(at=AT + timedelta(seconds=1))
    late = AT + timedelta(hours=1)
    commands.carry_refunds(at=late)
    commands.carry_refunds(at=late + timedelta(hours=1))

    assert waiting == 0
    assert {one["data"]["key"] for one in liar.asked} == {row.key}
    assert [one["type"] for one in liar.asked] == ["refund.ask"] * 3
    assert said() == ["refund.asked", "refund.unanswered"]


def test_a_lookup_is_of_this_persons_account_alone(order, liar):
    stranger = people.register_person(contact=Contact(account="U2"), at=AT)
    commands.want_order(case_id=CASE, person_id=stranger, number=LAMP.number, at=AT)
    liar.says = lambda _: {"order": _plain(LAMP)}

    commands.look_up(at=AT)

    event = Event.objects.get(stream=CASE)
    assert (event.kind, event.data) == ("order.another", {})
    assert not OrderCopy.objects.filter(person_id=stranger).exists()
