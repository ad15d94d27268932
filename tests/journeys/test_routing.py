"""Who takes what, over HTTP: rules published at the desk, the watched queue, absence (2.2.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from bihuan.cases import queries, tasks
from bihuan.cases.models import Case
from bihuan.events.models import Event
from bihuan.web import words

if TYPE_CHECKING:
    from tests.journeys.program import Api

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chen(api: Api) -> Client:
    """陈主管's browser, in the house of the program."""
    queries.forget_loads()
    client = Client()
    user = get_user_model().objects.get(username="陈主管")
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client


def publish(chen: Client, **rule: Any) -> None:
    saved = chen.post("/desk/routing/rules/new/", {"seen": 0, "name": "电话", **rule})
    assert saved.status_code == 302, saved.content.decode()
    done = chen.post("/desk/routing/try/", {"seen": 1, "reason": "法务人手充足"})
    assert done.status_code == 302, done.content.decode()


def test_2_02_a_rule_published_at_the_desk_routes_what_a_program_files(api: Api, chen: Client):
    before = Case.objects.get(number=api.file(channel="phone"))

    publish(chen, channels=["phone"], department="legal")
    after = Case.objects.get(number=api.file(channel="phone", external_id="2"))
    elsewhere = Case.objects.get(number=api.file(channel="web", external_id="3"))

    assert [c.department for c in (before, after, elsewhere)] == [
        "customer_service", "legal", "customer_service",
    ]  # fmt: skip
    said = Event.objects.get(stream=after.id, kind="case.filed").data
    assert said["routing"] == 1
    assert said["department"] == "legal"


def test_2_02_an_override_of_the_handbook_is_followed_in_spite_of_every_rule(
    api: Api, chen: Client
):
    publish(chen, department="legal")

    case = Case.objects.get(number=api.file(text="银行卡被盗刷，不是我本人操作", category=""))

    assert (case.department, case.priority) == ("compliance", "urgent")


def test_2_02_what_nobody_can_route_is_listed_watched_and_alarms(api: Api, chen: Client):
    number = api.file(text="嗯嗯", subject="", category="")
    listed = api.get("/cases?department=unrouted").json()

    assert [case["number"] for case in listed["cases"]] == [number]
    tasks.watch(timezone.now() + 31 * MINUTE)
    page = chen.get("/desk/inbox/?view=unrouted").content.decode()
    assert number in page
    assert "1 件投诉无法自动分派" in page


def test_e_20_who_is_away_is_given_nothing_and_what_was_in_hand_is_handed_over(
    api: Api, chen: Client
):
    case = Case.objects.get(number=api.file())
    away, today = case.owner_id, words.local(timezone.now()).date().isoformat()
    days = {"first_on": today, "last_on": today, "reason": "leave"}

    chen.post(f"/desk/team/{away}/absent/", days | {"sure": "hand over"})
    next_one = Case.objects.get(number=api.file(external_id="2"))

    case.refresh_from_db()
    assert away not in {case.owner_id, next_one.owner_id}
    handed = Event.objects.get(stream=case.id, kind="case.assigned").data
    assert (handed["before"]["owner"], handed["owner"]) == (away, case.owner_id)
