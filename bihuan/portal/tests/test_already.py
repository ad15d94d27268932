"""2.20: who files about an order again is told of the open case, and never kept from it."""

from __future__ import annotations

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.core.actors import SYSTEM
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought
from bihuan.orders.models import OrderCopy
from bihuan.portal.tests.doors import STORY, sign_in, start, words

pytestmark = pytest.mark.django_db
SAID = "您已就这笔订单提交过"


def bought(house: House) -> OrderCopy:
    order = Bought(number="E20260210001", title="破壁机", paid_fen=100, placed_at=FRIDAY)
    return orders.copy_order(person_id=house.ai_li.id, bought=order, by=SYSTEM, at=FRIDAY)


def test_2_20_an_open_case_about_the_same_order_is_named_and_nothing_is_refused(
    client: Client, house: House
):
    order = bought(house)
    case = file(house, order_no="E20260210001")
    sign_in(client, house.ai_li)

    token = start(client, order=str(order.id))
    client.post(f"/complaints/new/type/?draft={token}", {"issue": "product_quality"})
    details = words(client.get(f"/complaints/new/details/?draft={token}"))
    client.post(f"/complaints/new/details/?draft={token}", {"text": STORY})
    client.post(f"/complaints/new/remedy/?draft={token}", {"wish": "return_refund"})
    check = words(client.get(f"/complaints/new/check/?draft={token}"))
    sent = client.post(f"/complaints/new/check/?draft={token}", {})

    for page in (details, check):
        assert f"{SAID} {case.number}" in page
        assert f'href="{case.url}"' in page
    assert sent.status_code == 302
    assert Case.objects.filter(order_id=order.id).count() == 2


def test_2_20_a_number_written_by_hand_is_known_too_and_an_ended_case_is_not_named(
    client: Client, house: House
):
    bought(house)
    case = file(house, order_no="E20260210001")
    sign_in(client, house.ai_li)
    token = start(client, order="other", order_no="e2026 0210001")

    assert SAID in words(client.get(f"/complaints/new/details/?draft={token}"))
    commands.withdraw(number=case.number, by=house.ai_li, at=FRIDAY)
    assert SAID not in words(client.get(f"/complaints/new/details/?draft={token}"))


def test_2_20_a_guest_and_somebody_else_learn_nothing_of_it(client: Client, house: House):
    bought(house)
    file(house, order_no="E20260210001")

    guest = start(client, order="other", order_no="E20260210001")
    assert SAID not in words(client.get(f"/complaints/new/details/?draft={guest}"))

    sign_in(client, house.ding)
    other = start(client, order="other", order_no="E20260210001")
    assert SAID not in words(client.get(f"/complaints/new/details/?draft={other}"))
