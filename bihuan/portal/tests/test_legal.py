"""The times of the law on the customer's page: from known facts, never as a promise (L-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.complaints import commands
from bihuan.core.actors import SYSTEM
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought
from bihuan.portal.tests.doors import sign_in, words

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TITLE = "法律规定的期限"


def bought(home: House, *, signed: bool) -> Case:
    order = orders.copy_order(
        person_id=home.ai_li.id, by=SYSTEM, at=NOW,
        bought=Bought(
            number="X20260001", title="破壁机", paid_fen=32900, placed_at=NOW - timedelta(days=9),
            received_at=NOW - timedelta(days=1) if signed else None,
        ),
    )  # fmt: skip
    filed = NOW - timedelta(hours=1)
    return people.file(home, filed, issue="product_quality", order_id=order.id)


def test_a_parcel_that_was_signed_for_opens_the_windows_of_the_law(
    house: House, client: Client
) -> None:
    case = bought(house, signed=True)

    page = words(sign_in(client, house.ai_li).get(case.url))

    for told in (f"{TITLE}（2）", "七日无理由退货", "《消费者权益保护法》第25条", "前可以提出"):
        assert told in page
    assert "不是平台的承诺" in page


def test_of_a_parcel_nobody_signed_for_nothing_is_said(house: House, client: Client) -> None:
    case = bought(house, signed=False)

    assert TITLE not in words(sign_in(client, house.ai_li).get(case.url))


def test_what_a_courier_was_asked_shows_its_time_and_not_the_words(
    house: House, client: Client
) -> None:
    case = bought(house, signed=False)
    commands.ask(
        number=case.number, kind="courier", party="sf", manner="complaint", way="phone",
        what="内部说明不给用户看", by=house.bo_bo, at=NOW,
    )  # fmt: skip

    browser = sign_in(client, house.ai_li)
    page, record = words(browser.get(case.url)), words(browser.get(f"{case.url}timeline/"))

    assert "顺丰速运 · 应于" in page
    assert "已向第三方查询" in record
    assert "内部说明不给用户看" not in page + record
