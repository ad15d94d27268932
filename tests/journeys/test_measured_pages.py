"""The measuring programs look at pages that are there: one that moved would not be measured."""

from __future__ import annotations

import pytest
from django.utils import timezone

from bihuan.cases import queries
from bihuan.cases.tests.people import file, house
from bihuan.cli.bench import desk, reports
from tests.house.addresses import at_desk

pytestmark = pytest.mark.django_db


def test_every_page_that_is_measured_answers_by_itself_and_leads_nowhere_else():
    home = house()
    now = timezone.now()
    number, _ = (file(home, now, external_id=str(n)).number for n in range(2))
    cursor = queries.inbox(home.chen, limit=1, at=now).cursor
    client = at_desk(home.chen)

    looked_at = desk.pages("", "", number, cursor) + reports.pages("", now.date())

    assert len({page.name for page in looked_at}) == len(looked_at) > 15
    for page in looked_at:
        assert client.get(page.address).status_code == 200, page.address
