"""How the account stands, what waits, and who has bound what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Standing
from bihuan.store import secrets
from bihuan.wechat.models import Account, BindCode, Follower, Received

TABLE = "wechat_received"
STUCK = timedelta(minutes=15)  # what waits longer is looked at by somebody
OPEN_MOST = 12  # open cases looked at


def channel_standing(at: datetime) -> Standing | None:
    """How the account stands; None where none is named. A chat of WeChat never shuts.

    It fails while WeChat gives no token (nothing can be answered), or while messages wait longer
    than a quarter of an hour. A picture that cannot be had is of its case, and fails nobody else;
    it is among the `waiting`.
    """
    if not settings.WECHAT.connected:
        return None
    row = Account.objects.filter(app_id=settings.WECHAT.app_id).first() or Account()
    waits = Q(state="waiting") | Q(media="waiting")
    stuck = Received.objects.filter(waits, at__lt=at - STUCK).aggregate(
        n=Count("id"), since=Min("at", filter=Q(state="waiting"))
    )
    since = [moment for moment in (row.failing_since, stuck["since"]) if moment]
    alive = [moment for moment in (row.last_in_at, row.token_at) if moment]
    return Standing(
        "wechat", alive_at=max(alive, default=None), failing_since=min(since, default=None),
        reason="no_token" if row.failing_since else "not_taken" if since else "",
        open_now=True, always=True, waiting=stuck["n"],
    )  # fmt: skip


def index_of(openid: str) -> bytes:
    """By what a follower is found: nobody reads an openid from it."""
    return secrets.blind("wechat_follower", "openid", openid)


def open_cases(person_ids: Sequence[int]) -> list[Case]:
    """What these have open, newest first: the caller speaks for them."""
    rows = case_queries.visible(SYSTEM).filter(
        person_id__in=[id for id in person_ids if id], state__in=case_queries.OPEN
    )
    return list(rows.order_by("-received_at", "-id")[:OPEN_MOST])


def raw_of(row: Received) -> bytes:
    """What came, as XML in plain; nothing once its person was erased."""
    return secrets.open_bytes(row.person_id, TABLE, "raw", row.id, row.raw) or b""


def code_digest(code: str) -> bytes:
    """What is kept of a code."""
    return secrets.digest("wechat code", code)


def code_of(code: str, at: datetime) -> int:
    """Whose code this is; 0 for none that is good now."""
    rows = BindCode.objects.filter(digest=code_digest(code), expires_at__gt=at)
    return rows.values_list("person_id", flat=True).first() or 0


def before(openid: str) -> int:
    """Who wrote under this openid until it was bound; 0 for nobody."""
    found = Follower.objects.filter(index=index_of(openid)).values_list("before_id", flat=True)
    return found.first() or 0
