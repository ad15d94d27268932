"""Webhooks as JSON: the same commands as the pages, for tokens with the scope `webhooks`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from bihuan.core import inputs
from bihuan.core.clocks import SHANGHAI
from bihuan.integrations import commands, queries, rules
from bihuan.integrations.models import REASONS, STATES, Delivery, Endpoint
from bihuan.integrations.providers.https import ANSWERS
from bihuan.web.door import enter

router = Router(tags=["webhooks"])
_KINDS = {"items": {"type": "string", "enum": [rules.EVERY, *rules.OFFERED]}}
Kinds = Annotated[list[str], Field(json_schema_extra=_KINDS, description="`*`: every kind")]


class WebhookIn(Schema):
    """Where events shall go, and which."""

    model_config = ConfigDict(extra="forbid")

    name: str
    url: str
    kinds: Kinds = Field([rules.EVERY])


class WebhookChange(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    url: str | None = None
    kinds: Kinds | None = None


class Since(Schema):
    """From when on."""

    model_config = ConfigDict(extra="forbid")

    since: datetime


class WebhookOut(Schema):
    """An endpoint, without its secret."""

    id: int
    name: str
    url: str
    kinds: list[str]
    active: bool
    off_reason: Annotated[str, Field(json_schema_extra={"enum": ["", *REASONS]})]
    owner: int
    created_at: datetime
    failing_since: datetime | None
    both_sign_until: datetime | None


class WebhookMade(WebhookOut):
    """An endpoint with its secret, this once."""

    secret: str


class TryOut(Schema):
    """How one try went: the class of the answer, or why there was none."""

    at: datetime
    answer: Annotated[str, Field(json_schema_extra={"enum": [*ANSWERS]})]


class DeliveryOut(Schema):
    """One event on its way; `webhook_id` is what the receiver knows it by."""

    id: int
    webhook_id: str
    type: str
    number: str
    state: Annotated[str, Field(json_schema_extra={"enum": [*STATES]})]
    created_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None
    tries: list[TryOut]


class DeliveriesOut(Schema):
    """One keyset page, the newest first."""

    deliveries: list[DeliveryOut]
    next: str


class Queued(Schema):
    """How many are sent once more."""

    queued: int


def _here(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI) if at else None


def _out(row: Endpoint) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "kinds": row.kinds,
        "active": row.active,
        "off_reason": row.off_reason,
        "owner": row.owner_id,
        "created_at": _here(row.created_at),
        "failing_since": _here(row.failing_since),
        "both_sign_until": _here(row.old_until),
    }


def _made(made: commands.Made) -> dict[str, Any]:
    return _out(made.endpoint) | {"secret": made.secret}


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "webhook_id": row.key,
        "type": row.kind,
        "number": row.number,
        "state": row.state,
        "created_at": _here(row.created_at),
        "next_try_at": _here(row.next_try_at),
        "ended_at": _here(row.ended_at),
        "tries": [
            {"at": _here(datetime.fromisoformat(one["at"])), "answer": one["answer"]}
            for one in row.answers
        ],
    }


@router.get("/webhooks", summary="Where events go", response=list[WebhookOut])
def list_webhooks(request: HttpRequest) -> Any:
    """For administrators. Secrets are never shown again."""
    return [_out(row) for row in queries.endpoints(enter(request)["by"])]


@router.post("/webhooks", summary="Send events somewhere", response={201: WebhookMade})
def create(request: HttpRequest, given: WebhookIn) -> Any:
    """Signed as Standard Webhooks says; the secret is in this answer and in no other."""
    made = commands.add(name=given.name, url=given.url, kinds=given.kinds, **enter(request))
    return Status(201, _made(made))


@router.get("/webhooks/{int:id}", summary="One of them", response=WebhookOut)
def show(request: HttpRequest, id: int) -> Any:
    """How it stands."""
    return _out(queries.endpoint(id, enter(request)["by"]))


@router.patch("/webhooks/{int:id}", summary="Change it", response=WebhookOut)
def change(request: HttpRequest, id: int, given: WebhookChange) -> Any:
    """Name, address, kinds; what waits goes to the new address."""
    said = given.dict(exclude_unset=True)
    return _out(commands.change(id=id, **said, **enter(request)))


@router.api_operation(
    ["DELETE"], "/webhooks/{int:id}", summary="Take it away", response={204: None}
)
def delete(request: HttpRequest, id: int) -> Any:
    """With what waits for it."""
    commands.remove(id=id, **enter(request))
    return Status(204, None)


@router.post("/webhooks/{int:id}/on", summary="Switch it on", response=WebhookOut)
def switch_on(request: HttpRequest, id: int) -> Any:
    """What had waited is sent; whoever does it owns it from now on."""
    return _out(commands.switch_on(id=id, **enter(request)))


@router.post("/webhooks/{int:id}/off", summary="Switch it off", response=WebhookOut)
def switch_off(request: HttpRequest, id: int) -> Any:
    """Nothing is queued for it and nothing sent until it is on again."""
    return _out(commands.switch_off(id=id, **enter(request)))


@router.post("/webhooks/{int:id}/rotate", summary="A new secret", response=WebhookMade)
def rotate(request: HttpRequest, id: int) -> Any:
    """Both sign for 24 hours, then the old one is forgotten."""
    return _made(commands.rotate(id=id, **enter(request)))


@router.post("/webhooks/{int:id}/test", summary="Send a ping", response={202: DeliveryOut})
def test(request: HttpRequest, id: int) -> Any:
    """An event of the type `ping`, about no case."""
    return Status(202, _delivery(commands.ping(id=id, **enter(request))))


@router.get("/webhooks/{int:id}/deliveries", summary="What became of them", response=DeliveriesOut)
def deliveries(
    request: HttpRequest,
    id: int,
    cursor: Annotated[str, Query()] = "",
    limit: Annotated[int, Query()] = queries.SHOWN,
) -> Any:
    """Keyset pages: hand `next` back as `cursor`. Kept for 30 days."""
    row = queries.endpoint(id, enter(request)["by"])
    page = queries.deliveries(
        row,
        cursor=inputs.words(cursor, field="cursor", most=400),
        limit=inputs.whole(limit, field="limit", least=1, most=200),
    )
    return {"deliveries": [_delivery(one) for one in page.rows], "next": page.cursor}


@router.post(
    "/webhooks/{int:id}/deliveries/{int:delivery}/replay",
    summary="Send one once more",
    response={202: DeliveryOut},
)
def replay(request: HttpRequest, id: int, delivery: int) -> Any:
    """Under the same webhook-id."""
    row = commands.replay(id=id, delivery_id=delivery, **enter(request))
    return Status(202, _delivery(row))


@router.post(
    "/webhooks/{int:id}/replay", summary="Send once more what failed", response={202: Queued}
)
def replay_since(request: HttpRequest, id: int, given: Since) -> Any:
    """All that failed since then, each under its own webhook-id."""
    since = inputs.moment(given.since, field="since")
    return Status(202, {"queued": commands.replay_since(id=id, since=since, **enter(request))})
