"""季度评估: who answers for the channels hears when a quarter can be evaluated (6.4, F-6.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from bihuan.channels import queries, rules
from bihuan.channels.commands.watching import HOUSE_LOCALE, told_to
from bihuan.core.clocks import SHANGHAI
from bihuan.notify import commands as notify
from bihuan.policy import queries as policy
from bihuan.web.words import date_words

NOTICE = "channel_evaluation"
FIRST_DAYS = 14  # of a quarter; who starts the house later than that is not told of the past


def remind_evaluation(*, at: datetime) -> int:
    """Of the quarter that has ended, once to each: the key is the quarter's; how many were told."""
    today = at.astimezone(SHANGHAI).date()
    begun = rules.quarter_of(today)
    watched = queries.watched_at() is not None
    known = NOTICE in policy.current(at).notices
    if not (known and watched) or today - begun >= timedelta(days=FIRST_DAYS):
        return 0
    last = begun - timedelta(days=1)
    first = rules.quarter_of(last)
    with translation.override(HOUSE_LOCALE):
        quarter = f"{date_words(first)}—{date_words(last)}"
    link = f"{settings.BASE_URL}/desk/channels/report/?from={first}&to={last}"
    made = notify.tell_all(
        told_to(NOTICE, f"channels:{first}", {"quarter": quarter, "link": link}, at)
    )
    return len(made)
