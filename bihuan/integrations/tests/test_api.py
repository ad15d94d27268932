"""Webhooks as programs manage them: scopes, secrets told once, refusals by name."""

from __future__ import annotations

from typing import Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events.models import Event
from bihuan.integrations import commands
from bihuan.integrations.models import Endpoint
from bihuan.integrations.tests.program import GIVEN, HOOKS, Program
from bihuan.integrations.tests.steps import (
    HOST,
    URL,
    Open,
    administrator,
    hook,
)


@pytest.fixture
def keeper(house: House) -> Actor:
    return administrator()


@pytest.fixture
def program(keeper: Actor) -> Program:
    return Program(keeper)


def test_an_endpoint_is_made_listed_changed_switched_and_taken_away(
    program: Program, receiver: Open, keeper: Actor
):
    receiver(HOST)

    made = program("POST", "", GIVEN)
    id = made.json()["id"]
    changed = program("PATCH", f"/{id}", {"kinds": ["*"]})
    off, again = program("POST", f"/{id}/off"), program("POST", f"/{id}/off")
    on = program("POST", f"/{id}/on")
    listed = program("GET").json()
    gone = program("DELETE", f"/{id}")

    assert (made.status_code, made.json()["owner"], made.json()["kinds"]) == (
        201, keeper.id, GIVEN["kinds"],
    )  # fmt: skip
    assert (changed.json()["kinds"], changed.json()["name"]) == (["*"], "订单系统")
    assert (off.json()["active"], off.json()["off_reason"]) == (False, "by_hand")
    assert (again.status_code, again.json()["detail"]) == (409, "推送已停用，请先开启。")
    assert (on.json()["active"], [one["id"] for one in listed]) == (True, [id])
    assert (gone.status_code, program("GET", f"/{id}").status_code) == (204, 404)


def test_n_35_a_secret_is_in_the_answer_that_makes_it_and_in_no_other(
    program: Program, receiver: Open
):
    receiver(HOST)
    made = program("POST", "", GIVEN).json()
    id = made["id"]
    turned = program("POST", f"/{id}/rotate").json()

    others = [
        program("GET"), program("GET", f"/{id}"), program("PATCH", f"/{id}", {"name": "b"}),
        program("POST", f"/{id}/rotate"), program("POST", f"/{id}/test"),
        program("GET", f"/{id}/deliveries"), program("POST", f"/{id}/off"),
    ]  # fmt: skip

    assert made["secret"] != turned["secret"]
    assert turned["both_sign_until"]
    told = " ".join(one.content.decode() for one in others)
    assert "whsec_" not in told
    assert "secret" not in told
    assert [one.status_code for one in others] == [200, 200, 200, 409, 202, 200, 200]
    said = " ".join(str(event.data) for event in Event.objects.all())
    assert made["secret"][6:] not in said
    assert "k-1" not in said  # the path of an address may be a secret too


def test_e_08_a_token_for_cases_manages_no_webhooks_and_one_for_webhooks_nothing_else(
    keeper: Actor, receiver: Open
):
    receiver(HOST)
    ordinary, narrow = Program(keeper, ("read", "write")), Program(keeper, ("webhooks",))

    refused = [ordinary("GET"), ordinary("POST", "", GIVEN), ordinary("DELETE", "/1")]

    assert [one.status_code for one in refused] == [403] * 3
    assert {one.json()["missing"] for one in refused} == {"webhooks"}
    assert narrow("POST", "", GIVEN).status_code == 201
    assert narrow("GET").status_code == 200
    for path in ("/api/v1/cases", "/api/v1/metrics", "/api/v1/webhooksx"):
        assert narrow.client.get(path).status_code == 403


def test_e_08_a_token_made_as_before_may_read_and_write_and_the_scope_is_asked_for_by_name(
    keeper: Actor,
):
    made = accounts.create_token(name="t", staff_id=keeper.id, by=SYSTEM, at=FRIDAY)

    assert made.token.scopes == ["read", "write"]
    with pytest.raises(Invalid) as refused:
        accounts.create_token(
            name="t", staff_id=keeper.id, scopes=["everything"], by=SYSTEM, at=FRIDAY
        )
    assert refused.value.facts["allowed"] == ["read", "write", "webhooks"]


@pytest.mark.parametrize("who", ["bo_bo", "chen", "other_agent"])
def test_only_administrators_have_to_do_with_webhooks(house: House, receiver: Open, who: str):
    receiver(HOST)
    made = hook(administrator())
    program, id = Program(getattr(house, who)), made.endpoint.id

    answers = [
        program("GET"), program("POST", "", GIVEN), program("GET", f"/{id}"),
        program("PATCH", f"/{id}", {"name": "x"}), program("DELETE", f"/{id}"),
        program("POST", f"/{id}/rotate"), program("POST", f"/{id}/test"),
        program("POST", f"/{id}/on"), program("POST", f"/{id}/off"),
        program("GET", f"/{id}/deliveries"), program("POST", f"/{id}/deliveries/1/replay"),
        program("POST", f"/{id}/replay", {"since": "2026-02-13T00:00:00+08:00"}),
    ]  # fmt: skip

    assert {one.status_code for one in answers} == {403}
    assert {one.json()["code"] for one in answers} == {"not_permitted"}
    assert Endpoint.objects.get().name == "订单系统"


def test_for_customers_there_are_none(house: House):
    with pytest.raises(NotFound):
        commands.add(name="x", url=URL, kinds=["*"], by=house.ai_li, at=FRIDAY)


def test_n_13_what_is_not_asked_for_is_refused_by_name_and_changes_nothing(
    program: Program, receiver: Open, house: House
):
    receiver(HOST)
    fields = [
        *(field.name for field in Endpoint._meta.get_fields()), "owner", "created", "__proto__",
        "is_staff", "account_id",
    ]  # fmt: skip
    strange = [name for name in fields if name not in GIVEN]
    made = program("POST", "", GIVEN).json()

    for name in strange:
        for method, path, body in (
            ("POST", "", GIVEN | {name: 1}),
            ("PATCH", f"/{made['id']}", {name: 1}),
        ):
            answer = program(method, path, body)
            assert (answer.status_code, answer.json()["codes"]) == (422, {name: "unknown_field"})
    assert Endpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"kinds": ["case.filed", "case.exploded"]}, {"kinds": "unknown_kinds"}),
        ({"kinds": ["person.revealed"]}, {"kinds": "unknown_kinds"}),
        ({"kinds": ["case.restricted"]}, {"kinds": "unknown_kinds"}),
        ({"kinds": []}, {"kinds": "missing"}),
        ({"kinds": "case.filed"}, {"kinds": "not_a_list"}),
        ({"name": ""}, {"name": "missing"}),
        ({"name": "a\nb"}, {"name": "one_line"}),
        ({"name": "a" * 61}, {"name": "too_long"}),
        ({"url": ""}, {"url": "missing"}),
        ({"url": "http://orders.example.com/"}, {"url": "not_https"}),
        ({"url": "https://orders.example.com:25/"}, {"url": "port_not_allowed"}),
        ({"url": "https://169.254.169.254/"}, {"url": "private_address"}),
        ({"url": "https://0x7f000001/"}, {"url": "not_a_host"}),
        ({"url": "https://nobody.example.com/"}, {"url": "no_such_host"}),
        ({"url": "mailto:a@example.com"}, {"url": "not_a_web_address"}),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field_in_words(
    program: Program, receiver: Open, changes: dict[str, Any], codes: dict[str, str]
):
    receiver(HOST)

    refused = program("POST", "", GIVEN | changes)

    problem = refused.json()
    assert (refused.status_code, problem["codes"]) == (422, codes)
    assert "请核对这一项" not in problem["fields"].values()
    if codes == {"kinds": "unknown_kinds"}:
        assert changes["kinds"][-1] in problem["fields"]["kinds"]
        assert "case.filed" in problem["allowed"]
    assert not Endpoint.objects.exists()


def test_a_house_has_fifty_at_most(keeper: Actor, receiver: Open, program: Program):
    receiver(HOST)
    for _ in range(50):
        hook(keeper)

    refused = program("POST", "", GIVEN)

    assert refused.json()["codes"] == {"url": "too_many_webhooks"}
    assert "50" in refused.json()["fields"]["url"]


def test_everything_that_is_done_to_an_endpoint_stands_in_the_log_with_its_host_alone(
    program: Program, receiver: Open, keeper: Actor
):
    receiver(HOST)
    id = program("POST", "", GIVEN).json()["id"]
    for method, path, body in (
        ("PATCH", "", {"kinds": ["*"]}), ("PATCH", "", {"kinds": ["*"]}), ("POST", "/off", None),
        ("POST", "/on", None), ("POST", "/rotate", None), ("DELETE", "", None),
    ):  # fmt: skip
        program(method, f"/{id}{path}", body)

    said = list(Event.objects.filter(stream=id).order_by("seq"))

    assert [event.kind for event in said] == [
        "webhook.created", "webhook.changed", "webhook.switched_off", "webhook.switched_on",
        "webhook.rotated", "webhook.deleted",
    ]  # fmt: skip
    assert {event.data["host"] for event in said} == {HOST}
    assert {event.actor_id for event in said} == {keeper.id}


def test_n_22_a_browser_needs_its_csrf_token(house: House, receiver: Open, keeper: Actor):
    from tests.house.addresses import at_desk

    receiver(HOST)
    client = at_desk(keeper)
    client.handler.enforce_csrf_checks = True

    assert client.get(HOOKS).status_code == 200
    assert client.post(HOOKS, GIVEN, content_type="application/json").status_code == 403
    assert not Endpoint.objects.exists()
