"""The token of WeChat's API, where every process finds it, sealed by the house."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce

from bihuan.store import secrets, statements
from bihuan.wechat import queries
from bihuan.wechat.models import Account

EARLY = timedelta(minutes=5)  # a token about to end is as good as none


class Keeper:
    """Of the account that is named in the settings, as of `at`."""

    def __init__(self, at: datetime) -> None:
        self.at, self.app_id = at, settings.WECHAT.app_id

    def token(self) -> str:
        """The one that is good now; "" when there is none."""
        row = Account.objects.filter(app_id=self.app_id, token_until__gt=self.at).first()
        statements.let_go()  # WeChat is asked next, and may keep us waiting
        if row is None or row.token is None:
            return ""
        return secrets.open_for_house(queries.TABLE, "token", 0, row.token)

    def keep(self, token: str, seconds: int) -> None:
        """WeChat gave this one, good for so long: no longer failing."""
        until = self.at + timedelta(seconds=seconds) - EARLY
        known = {
            "token": secrets.seal_for_house(queries.TABLE, "token", 0, token),
            "token_until": until, "token_at": self.at, "failing_since": None, "fault": "",
        }  # fmt: skip
        Account.objects.update_or_create(app_id=self.app_id, defaults=known)
        statements.let_go()

    def failed(self, said: str) -> None:
        """WeChat gave none, and why: since when, is remembered from the first time."""
        row, made = Account.objects.get_or_create(
            app_id=self.app_id, defaults={"failing_since": self.at, "fault": said}
        )
        if not made:
            since = Coalesce(F("failing_since"), self.at)
            Account.objects.filter(app_id=row.app_id).update(failing_since=since, fault=said[:200])
