"""How the account stands, what waits, and who has bound what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.core.actors import SYSTEM
from bihuan.store import secrets
from bihuan.wechat.models import Account, BindCode, Follower, Received

TABLE = "wechat_received"
STUCK = timedelta(minutes=15)  # what waits longer is looked at by somebody
OPEN_MOST = 12  # open cases looked at


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an account is named, when it was last heard of, and what is wrong with it.

    `failing_since`: WeChat gives no token since then, for the reason `fault`. `stuck` messages
    wait longer than a quarter of an hour.
    """

    connected: bool
    last_in_at: datetime | None = None
    token_at: datetime | None = None
    failing_since: datetime | None = None
    fault: str = ""
    stuck: int = 0


def standing(at: datetime) -> Standing:
    """How the WeChat account stands at this moment; facts for whoever watches the channels."""
    if not settings.WECHAT.connected:
        return Standing(connected=False)
    row = Account.objects.filter(app_id=settings.WECHAT.app_id).first() or Account()
    waits = Q(state="waiting") | Q(media="waiting")
    return Standing(
        connected=True,
        last_in_at=row.last_in_at,
        token_at=row.token_at,
        failing_since=row.failing_since,
        fault=row.fault,
        stuck=Received.objects.filter(waits, at__lt=at - STUCK).count(),
    )


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
