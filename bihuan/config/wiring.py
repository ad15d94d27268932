"""The switchboard: who hears which event, what runs by the clock, which plugs are in."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.conf import settings

from bihuan.cases.lifecycle import CASE
from bihuan.core.ports import Notifier
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.events.delivery import Subscriber
from bihuan.events.worker import Periodic
from bihuan.notify.providers.email import Email, Tls
from bihuan.notify.providers.inbox import Inbox
from bihuan.notify.providers.mailbox import Mailbox

#: what may decide a due: it was missed, its step was taken, or it no longer holds
DECIDES = {KIND_OF[step.action] for step in CASE.steps.values() if step.reaches} | {
    "clock.missed", "clock.rescheduled", "case.withdrawn", "case.merged", "case.unmerged",
    "case.assigned", "case.classified", "case.severity_set", "case.severity_approved",
    "case.tier_set",
}  # fmt: skip

#: event -> who hears it
SUBSCRIBERS = (
    Subscriber("bihuan.notify.tasks.told_all", frozenset(CATALOG), whole=True),
    Subscriber("bihuan.complaints.tasks.hold_to_account", frozenset({"clock.missed"}), whole=True),
    Subscriber("bihuan.complaints.tasks.mark", frozenset(DECIDES), whole=True),
)

#: what runs by the clock: name, function of `at`, seconds between two runs
PERIODIC = [
    Periodic("deadlines", "bihuan.cases.tasks.sweep", 15),
    Periodic("held", "bihuan.cases.tasks.release", 1),
    Periodic("cases", "bihuan.cases.tasks.tend", 60),
    Periodic("measures", "bihuan.complaints.tasks.chase", 60),
    Periodic("reports", "bihuan.complaints.tasks.reckon", 20),
    Periodic("loop", "bihuan.complaints.tasks.look_at_loop", 3),
    Periodic("monthly", "bihuan.complaints.tasks.tell_month", 600),
    Periodic("inbox", "bihuan.notify.tasks.send_inbox", 1),
    Periodic("email", "bihuan.notify.tasks.send_email", 2),
]


def email(at: datetime) -> Notifier:
    """SMTP where a server is named, else the local mailbox."""
    if not settings.SMTP_HOST:
        return Mailbox(folder=settings.HOME / "mailbox", sender=settings.MAIL_FROM, at=at)
    return Email(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        sender=settings.MAIL_FROM,
        at=at,
        user=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
        tls=cast(Tls, settings.SMTP_TLS),
    )


def inbox(at: datetime) -> Notifier:
    """In the app: the row itself is the delivery."""
    return Inbox()


#: channel -> provider as of a moment
NOTIFIERS = (("inbox", inbox), ("email", email))

#: what `notify` may know of a subject, and where its reader finds it
FACTS = {"case": "bihuan.cases.queries.facts"}
LINKS = {"case": "bihuan.cases.queries.links"}

#: streams a customer's browser may hear of
LIVE_STREAMS = "bihuan.cases.queries.streams_of"
#: whose words the verifier compares with the log
WORDS = ("bihuan.cases.queries.changed_words",)
#: a guest names a case; a code goes to its person
CASE_PERSON = "bihuan.cases.queries.person_of"
SEND_CODE = "bihuan.config.codes.send"
