"""The list of missed deadlines goes on to its last record, what waits longest first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from bihuan.complaints import queries
from bihuan.complaints.models import Accountability
from bihuan.complaints.tests import test_accountability
from bihuan.complaints.tests.test_accountability import AT
from bihuan.complaints.views import records as views
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound

pytestmark = pytest.mark.django_db
addresses, bobo, chen = (
    test_accountability.addresses, test_accountability.bobo, test_accountability.chen,
)  # fmt: skip


def recorded(unsigned: int, signed: int, of: Actor, by: Actor) -> None:
    """Breaches of one case, an hour apart; every third shares its due with the one before."""
    made = []
    for n in range(unsigned + signed):
        over = n >= unsigned
        made.append(
            Accountability(
                id=1000 + n, case_id=1, round=n, milestone="case.first_response", staff_id=of.id,
                due_at=AT - timedelta(hours=n - (n % 3 == 2)), department="customer_service",
                opened_at=AT, cause="x" * over, measure="x" * over, signed_by=by.id * over,
                signed_at=AT + timedelta(minutes=n // 2) if over else None,
            )
        )  # fmt: skip
    with transaction.atomic():
        Accountability.objects.bulk_create(made)


def walked(by: Actor) -> list[queries.Record]:
    """Every record, page by page."""
    found: list[queries.Record] = []
    cursor = ""
    while True:
        page = queries.listed(by, AT, cursor=cursor)
        found += page.records
        cursor = page.cursor
        if not cursor:
            return found


def page(by: Actor, **query: str) -> str:
    request: Any = RequestFactory().get("/desk/accountability/", query)
    request.who, request.guest_case = by, 0
    return str(views.records(request).content.decode())


def test_every_record_is_reached_once_the_unsigned_first_and_the_oldest_of_them_at_the_top(
    bobo: Actor, chen: Actor
):
    recorded(205, 90, bobo, chen)

    found = walked(chen)

    assert len({record.id for record in found}) == len(found) == 295
    waiting, over = found[:205], found[205:]
    assert {record.state for record in waiting} == {"open"}
    assert {record.state for record in over} == {"signed"}
    dues = [record.due_at for record in waiting]
    assert dues == sorted(dues)
    signed = [record.signed_at for record in over if record.signed_at]
    assert signed == sorted(signed, reverse=True)


def test_the_page_says_how_many_wait_on_all_its_pages_and_leads_to_the_next(
    bobo: Actor, chen: Actor
):
    recorded(45, 2, bobo, chen)

    first = page(chen)
    more = re.search(r'<div class="more"><a class="btn btn-small" href="\?cursor=([^"]+)"', first)
    assert more
    second = page(chen, cursor=more[1])

    assert first.count("待说明") == 40
    assert (second.count("待说明"), second.count("已签字")) == (5, 2)
    assert "45 件待处理" in first
    assert "45 件待处理" in second
    assert '<div class="more">' not in second


def test_a_list_that_fits_on_a_page_has_no_next(bobo: Actor, chen: Actor):
    recorded(40, 0, bobo, chen)

    assert '<div class="more">' not in page(chen)
    assert len(walked(bobo)) == 40


@pytest.mark.parametrize("cursor", ["\x00", "🦄", "W251bGwsIG51bGwsIG51bGxd", "WzEsIDIsIDNd", "x"])
def test_a_cursor_that_cannot_be_read_is_refused(bobo: Actor, cursor: str):
    recorded(1, 0, bobo, bobo)

    with pytest.raises(Invalid):
        queries.listed(bobo, AT, cursor=cursor)


def test_the_next_page_is_for_staff_as_the_first(bobo: Actor, chen: Actor):
    recorded(41, 0, bobo, chen)
    further = queries.listed(chen, AT).cursor

    with pytest.raises(NotFound):
        queries.listed(Actor(bobo.id, frozenset()), AT, cursor=further)
