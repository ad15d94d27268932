"""However many views there are, and however much a run left undone: the queries stay as many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.conftest import NOW, RECENTLY


def cost(client: Client, address: str) -> int:
    client.get(address)  # caches are filled
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", ["/desk/views/", "/desk/inbox/?view=all"])
def test_twice_the_views_cost_no_query_more(house: House, bo_bo: Client, address: str):
    def save(many: int) -> None:
        for owner in (house.bo_bo.id, house.chen.id)[:many]:
            for n in range(2):
                query = {"view": "all", "owner": str(owner), "department": "legal"}
                who = {"by": house.bo_bo, "at": RECENTLY}
                commands.save_view(name=f"{owner} {n}"[-30:], query=query, **who)

    save(1)
    few = cost(bo_bo, address)
    for view in queries.saved_views(house.bo_bo):
        commands.delete_view(view_id=view.id, by=house.bo_bo, at=RECENTLY)
    save(2)

    assert cost(bo_bo, address) <= few


def test_twice_the_failures_cost_no_query_more(house: House, chen: Client):
    def refused(many: int) -> str:
        cases: list[Case] = [file(house, RECENTLY, order_no="") for _ in range(many)]
        chosen = queries.chosen({case.number: 7 for case in cases}, house.chen)
        run = commands.order_bulk(
            action="note", chosen=chosen, raw={"text": "一批"}, mark=str(many), seconds=0,
            by=house.chen, at=RECENTLY,
        )  # fmt: skip
        tasks.carry_out(NOW)
        return f"/desk/bulk/{run.id}/"

    few, many = cost(chen, refused(2)), cost(chen, refused(4))

    assert many <= few
