"""The switchboard: who hears which event, what runs by the clock, which plugs are in."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.conf import settings

from bihuan.appeals.rules import DRAWN_ON, ENDED_BY, MOVES_ON
from bihuan.cases.lifecycle import CASE
from bihuan.core.ports import Notifier, OrderSource
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.events.delivery import Subscriber
from bihuan.events.wires import called
from bihuan.events.worker import Periodic
from bihuan.integrations.rules import OFFERED
from bihuan.notify.providers.email import Email, Tls
from bihuan.notify.providers.inbox import Inbox
from bihuan.notify.providers.mailbox import Mailbox
from bihuan.notify.providers.push import Push
from bihuan.notify.providers.sms import Sms
from bihuan.notify.providers.wechat import Line, Wechat
from bihuan.orders.providers import platform
from bihuan.orders.providers.platform import Platform

#: what a case's person sees, and what ends a case or hands it to them
TOLD = frozenset(kind for kind, said in CATALOG.items() if said.public and kind[:5] == "case.")
#: what somebody may have to be told; what is said in a chat is told there, a word at a time
NOTICED = frozenset(kind for kind in CATALOG if kind[:5] != "chat.")
#: what may ask for a special report or end its need (2.2.4): a complaint is major or no more, ends
#: undecided or comes back; one filed as major is found by the clock
SEVERITY = frozenset({
    "case.severity_approved", "case.severity_set", "case.merged", "case.unmerged",
    "case.declined", "case.reopened",
})  # fmt: skip
REPORTS = frozenset(
    {
        "report.asked", "report.submitted", "report.returned", "report.late", "report.sent",
        "report.lapsed",
    }
)  # fmt: skip
#: what is asked of a person before their case is accepted, and what is known of them (1.2)
IDENTITY = frozenset(
    {"case.identity_asked", *(kind for kind in CATALOG if kind[:9] == "identity.")}
)
#: what is said of a case brings words into the index, but for these
_WORDLESS = {
    "case.confirmed", "case.closed_by_silence", "case.merged", "case.reminded", "case.archived",
}  # fmt: skip
_WORDS = {k for k in CATALOG if k.startswith("case.")} - _WORDLESS | {"follow_up.undone"}
#: what changes a sum: a case came in, was sorted or told; a due was kept, missed or is void
COUNTED = {KIND_OF[step.action] for step in CASE.steps.values() if step.reaches} | {
    "case.filed", "clock.missed", "clock.rescheduled", "case.withdrawn", "case.merged",
    "case.unmerged", "case.assigned", "case.classified", "case.complained",
    "case.decision_retracted", "case.disputed", "case.reopened", "case.kind_approved",
    "case.severity_set", "case.severity_approved", "case.tier_set",
}  # fmt: skip

#: event -> who hears it
SUBSCRIBERS = (
    Subscriber("bihuan.notify.tasks.told_all", NOTICED, whole=True),
    Subscriber("bihuan.cases.tasks.lift", frozenset({"clock.missed"}), whole=True),
    Subscriber("bihuan.cases.tasks.tell_of_identities", IDENTITY, whole=True),
    Subscriber("bihuan.cases.tasks.keep_telling", TOLD, whole=True),
    Subscriber(
        "bihuan.complaints.tasks.end_shares",
        frozenset({"case.withdrawn", "case.declined", "case.merged"}),
        whole=True,
    ),
    Subscriber("bihuan.complaints.tasks.take_up_shares", frozenset({"case.unmerged"}), whole=True),
    Subscriber("bihuan.complaints.tasks.hold_to_account", frozenset({"clock.missed"}), whole=True),
    Subscriber("bihuan.complaints.tasks.analyse", SEVERITY, whole=True),
    Subscriber(
        "bihuan.complaints.tasks.send_to_management", frozenset({"report.signed"}), whole=True
    ),
    Subscriber("bihuan.complaints.tasks.tell_of_reports", REPORTS, whole=True),
    Subscriber("bihuan.appeals.tasks.draw", frozenset(DRAWN_ON), whole=True),
    Subscriber("bihuan.appeals.tasks.let_go", frozenset(ENDED_BY), whole=True),
    Subscriber("bihuan.appeals.tasks.follow", frozenset(MOVES_ON), whole=True),
    Subscriber("bihuan.counter.tasks.owe", frozenset({"case.result_notified"}), whole=True),
    Subscriber("bihuan.cases.tasks.want_order", frozenset({"case.filed"}), whole=True),
    Subscriber("bihuan.cases.tasks.link_order", frozenset({"order.found"}), whole=True),
    Subscriber("bihuan.cases.tasks.words_said", frozenset(_WORDS), whole=True),
    Subscriber(
        "bihuan.complaints.tasks.note_told",
        frozenset({"bulk.ended", "bulk.stopped", "bulk.taken_back"}),
        whole=True,
    ),
    Subscriber("bihuan.channels.tasks.rated", frozenset({"case.rated", "chat.rated"}), whole=True),
    Subscriber("bihuan.complaints.tasks.mark", frozenset(COUNTED), whole=True),
    Subscriber("bihuan.integrations.tasks.hear", frozenset(OFFERED), whole=True),
)

#: what runs by the clock: name, function of `at`, seconds between two runs
PERIODIC = [
    Periodic("deadlines", "bihuan.cases.tasks.sweep", 15),
    Periodic("appeals late", "bihuan.appeals.tasks.sweep", 15),
    Periodic("appeals", "bihuan.appeals.tasks.tend", 60),
    Periodic("held", "bihuan.cases.tasks.release", 1),
    Periodic("bulk", "bihuan.cases.tasks.carry_out", 0.3),
    Periodic("cases", "bihuan.cases.tasks.tend", 60),
    Periodic("progress", "bihuan.cases.tasks.progress", 60),
    Periodic("identities", "bihuan.accounts.tasks.lapse", 3600),
    Periodic("calendar", "bihuan.cases.tasks.recount", 5),
    Periodic("shares", "bihuan.complaints.tasks.tend", 60),
    Periodic("reports", "bihuan.complaints.tasks.tend_reports", 60),
    Periodic("words", "bihuan.cases.tasks.index_missing", 5),
    Periodic("queue", "bihuan.cases.tasks.watch", 60),
    Periodic("measures", "bihuan.complaints.tasks.chase", 60),
    Periodic("reckoned", "bihuan.complaints.tasks.reckon", 20),
    Periodic("loop", "bihuan.complaints.tasks.look_at_loop", 3),
    Periodic("monthly", "bihuan.complaints.tasks.tell_month", 600),
    Periodic("links", "bihuan.accounts.tasks.forget_links", 3600),
    Periodic("calls", "bihuan.phone.tasks.settle", 5),
    Periodic("old calls", "bihuan.phone.tasks.forget", 3600),
    Periodic("asterisk", "bihuan.phone.tasks.listen", 0.2),
    Periodic("channels", "bihuan.channels.tasks.watch", 20),
    Periodic("evaluation", "bihuan.channels.tasks.evaluate", 3600),
    Periodic("counter", "bihuan.counter.tasks.tend", 60),
    Periodic("chat queue", "bihuan.chat.tasks.give", 1),
    Periodic("chats", "bihuan.chat.tasks.tend", 5),
    Periodic("old chats", "bihuan.chat.tasks.forget", 3600),
    Periodic("inbox", "bihuan.notify.tasks.send_inbox", 1),
    Periodic("email", "bihuan.notify.tasks.send_email", 2),
    Periodic("sms", "bihuan.notify.tasks.send_sms", 2),
    Periodic("wechat", "bihuan.notify.tasks.send_wechat", 2),
    Periodic("push", "bihuan.notify.tasks.send_push", 2),
    Periodic("arrivals", "bihuan.notify.tasks.trace", 60),
    Periodic("from wechat", "bihuan.wechat.tasks.take", 1),
    Periodic("old wechat", "bihuan.wechat.tasks.forget", 3600),
    Periodic("mails", "bihuan.mail.tasks.take", 0.5),
    Periodic("mailbox", "bihuan.mail.tasks.look", 1),
    Periodic("old mails", "bihuan.mail.tasks.forget", 3600),
    Periodic("order numbers", "bihuan.orders.tasks.look_up", 2),
    Periodic("refunds", "bihuan.orders.tasks.carry", 2),
    Periodic("webhooks", "bihuan.integrations.tasks.send", 1),
    Periodic("old webhooks", "bihuan.integrations.tasks.forget", 3600),
]


def email(at: datetime) -> Notifier:
    """SMTP where a server is named, else the local mailbox."""
    if not settings.SMTP_HOST:
        return Mailbox(
            folder=settings.HOME / "mailbox",
            sender=settings.MAIL_FROM,
            at=at,
            tagged=settings.MAIL_TAGGED,
        )
    return Email(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        sender=settings.MAIL_FROM,
        at=at,
        user=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
        tls=cast(Tls, settings.SMTP_TLS),
        tagged=settings.MAIL_TAGGED,
    )


def sms(at: datetime) -> Notifier | None:
    """Notices by text message."""
    return _texts(settings.SMS.template, ("title", "code"), at)


def code_by_sms(at: datetime) -> Notifier | None:
    """One-time codes by text message."""
    return _texts(settings.SMS.code_template, ("code",), at)


def _texts(template: str, variables: tuple[str, ...], at: datetime) -> Notifier | None:
    """The supplier who is named, in the demo the local mailbox; None where there is no way."""
    account = settings.SMS
    if account.key_id and template:
        return Sms(
            key_id=account.key_id,
            secret=account.secret,
            sign_name=account.sign_name,
            template=template,
            variables=variables,
            url=account.url,
            at=at,
        )
    if account.key_id or not settings.DEMO:
        return None
    folder = settings.HOME / "mailbox"
    return Mailbox(folder=folder, sender=settings.MAIL_FROM, at=at, domain="sms.example.com")


def wechat(at: datetime) -> Notifier | None:
    """Notices by the WeChat account; None where none is named."""
    account = settings.WECHAT
    if not account.connected:
        return None
    line = wechat_line(at)
    return Wechat(line=line, at=at, template=account.template, fields=account.fields)


def wechat_line(at: datetime) -> Line:
    """To WeChat's API, with the token that the house keeps."""
    account, keeper = settings.WECHAT, called("bihuan.wechat.commands.Keeper")(at)
    return Line(app_id=account.app_id, secret=account.secret, url=account.url, keeper=keeper)


def push(at: datetime) -> Notifier | None:
    """Short notices to the platform's app, or whatever takes them; None where nothing does."""
    to = settings.PUSH
    return Push(url=to.url, keys=to.keys, at=at) if to.url else None


def inbox(at: datetime) -> Notifier:
    """In the app: the row itself is the delivery."""
    return Inbox()


#: channel -> provider as of a moment; None while there is no such way
NOTIFIERS = (("inbox", inbox), ("email", email), ("sms", sms), ("wechat", wechat), ("push", push))

#: channel -> messages a minute at most; what is not here has no limit
RATES = {"email": settings.SMTP_PER_MINUTE}


def order_platform(at: datetime, patience: float | None = None) -> OrderSource | None:
    """The platform's order system; None where none is named."""
    to = settings.ORDERS
    if not to.url:
        return None
    return Platform(url=to.url, keys=to.keys, at=at, timeout=patience or platform.TIMEOUT)


#: who is asked about orders: name, plug as of a moment and with a reader's patience in seconds
ORDERS = (("platform", order_platform),)

#: how webhooks leave the house: to the open internet alone, by a connection that was judged
WEBHOOKS = "bihuan.integrations.providers.https.Https"

#: how each channel stands, in the order in which people are shown them: a function of `at` that
#: gives a `Standing`, or None where the channel is not configured (6.4)
CHANNELS = (
    "bihuan.channels.queries.web",
    "bihuan.chat.queries.channel_standing",
    "bihuan.phone.queries.channel_standing",
    "bihuan.mail.ways.channel_standing",
    "bihuan.counter.queries.channel_standing",
    "bihuan.wechat.queries.channel_standing",
    "bihuan.notify.ways.inbox",
    "bihuan.notify.ways.email",
    "bihuan.notify.ways.sms",
    "bihuan.notify.ways.wechat",
    "bihuan.notify.ways.push",
    "bihuan.integrations.queries.channel_standing",
)
#: how often each was turned to between two moments, and answered (6.4)
CONTACTS = (
    "bihuan.chat.queries.contacts",
    "bihuan.phone.queries.contacts",
    "bihuan.mail.ways.contacts",
    "bihuan.counter.queries.contacts",
)

#: what a letter to a person ends with: the ways to reach the house, as they are now (6.4)
FOOTER = "bihuan.channels.shown.footer"
#: by what the pictures are fetched that somebody sent by WeChat
WECHAT_LINE = "bihuan.config.wiring.wechat_line"

#: what `notify` may know of a subject, and where its reader finds it
FACTS = {"case": "bihuan.cases.queries.facts"}
LINKS = {"case": "bihuan.cases.queries.links"}
NUMBERS = {"case": "bihuan.cases.queries.id_of"}
#: by when the reader must have been told what an event says
PROMISED = {"case": "bihuan.cases.queries.promised"}

#: which mails of a person a letter about their case answers
ANSWERED = "bihuan.mail.queries.answered"

#: what is kept of a case and must not be read by whom the case is closed to
HIDDEN = {"case": "bihuan.cases.queries.hidden_ids"}

#: the file of an address that was signed for it
FILE_BY_NAME = "bihuan.cases.queries.file_by_name"

#: streams a customer's browser may hear of
LIVE_STREAMS = "bihuan.cases.queries.streams_of"
#: streams a colleague's browser must not hear of
LIVE_HIDDEN = "bihuan.cases.queries.hidden_streams"
#: whose words the verifier compares with the log
WORDS = (
    "bihuan.cases.queries.changed_words",
    "bihuan.improvement.queries.changed_words",
    "bihuan.complaints.queries.changed_report_words",
    "bihuan.phone.queries.changed_words",
    "bihuan.chat.queries.changed_words",
)
#: rows that the verifier compares with what the log says of them
ROWS = ("bihuan.policy.queries.compared_years",)
#: a guest names a case; a code goes to its person
CASE_PERSON = "bihuan.cases.queries.person_of"
SEND_CODE = "bihuan.config.codes.send"
