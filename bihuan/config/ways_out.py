"""How words leave the house: settings of the mail server and of the supplier of text messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bihuan.config import environment as env
from bihuan.notify.providers import letter

MAIL_FROM = env.text("BIHUAN_MAIL_FROM", "service@localhost", "sender of notices")
try:
    letter.sender_of(MAIL_FROM)
except ValueError:
    raise env.SettingFault(
        "BIHUAN_MAIL_FROM", MAIL_FROM, "service@example.com or 优选商城 <service@example.com>"
    ) from None
SMTP_HOST = env.text("BIHUAN_SMTP_HOST", "", "mail server; none: a local mailbox under BIHUAN_HOME")
SMTP_PORT = env.number("BIHUAN_SMTP_PORT", 25, "its port", least=1, most=65535)
SMTP_USER = env.text("BIHUAN_SMTP_USER", "", "its user")
SMTP_PASSWORD = env.text("BIHUAN_SMTP_PASSWORD", "", "its password")
SMTP_TLS = env.choice(
    "BIHUAN_SMTP_TLS",
    "starttls",
    "how the mail server is spoken to",
    among=("none", "starttls", "tls"),
)


SMTP_PER_MINUTE = env.number(
    "BIHUAN_SMTP_PER_MINUTE", 0, "letters a minute the mail server takes; 0: no limit"
)


@dataclass(frozen=True, slots=True)
class TextMessages:
    """The account with Alibaba Cloud SMS; `template` tells of a case, `code_template` a code.

    Without `key_id` none are sent, without a template none of its kind. `reports` is the secret
    end of the address where the supplier tells what became of each.
    """

    key_id: str
    secret: str = field(repr=False)
    sign_name: str
    template: str
    code_template: str
    url: str
    reports: str = field(default="", repr=False)


SMS = TextMessages(
    key_id=env.text("BIHUAN_SMS_KEY_ID", "", "AccessKey of Alibaba Cloud SMS; none: no messages"),
    secret=env.text("BIHUAN_SMS_KEY_SECRET", "", "its secret"),
    sign_name=env.text("BIHUAN_SMS_SIGN", "", "signature the carriers approved"),
    template=env.text("BIHUAN_SMS_TEMPLATE", "", "template of notices, with ${title} and ${code}"),
    code_template=env.text("BIHUAN_SMS_CODE_TEMPLATE", "", "template of codes, with ${code}"),
    url=env.text("BIHUAN_SMS_URL", "https://dysmsapi.aliyuncs.com", "where the supplier answers"),
    reports=env.text(
        "BIHUAN_SMS_REPORTS", "", "secret end of the address for delivery reports; none: none come"
    ),
)
if SMS.reports and not re.fullmatch(r"[A-Za-z0-9_-]{24,100}", SMS.reports):
    raise env.SettingFault("BIHUAN_SMS_REPORTS", None, "24 to 100 letters, digits, - and _")
if SMS.key_id:
    if not SMS.secret:
        raise env.SettingFault("BIHUAN_SMS_KEY_SECRET", None, "the secret of BIHUAN_SMS_KEY_ID")
    if not SMS.sign_name:
        raise env.SettingFault("BIHUAN_SMS_SIGN", "", "the approved signature, such as 优选商城")
    if not (SMS.template or SMS.code_template):
        raise env.SettingFault("BIHUAN_SMS_TEMPLATE", "", "a template, such as SMS_123456789")
_url = urlsplit(SMS.url)
if _url.scheme not in ("http", "https") or not _url.hostname or _url.path.strip("/"):
    raise env.SettingFault("BIHUAN_SMS_URL", SMS.url, "https://host")
if _url.scheme == "http" and _url.hostname not in ("127.0.0.1", "localhost"):
    raise env.SettingFault("BIHUAN_SMS_URL", SMS.url, "https outside this machine")


@dataclass(frozen=True, slots=True)
class Pushed:
    """Where short notices go as signed requests, to an app or anything else; no `url`: nowhere.

    `keys` sign what goes out and prove what comes back, several while they change.
    """

    url: str = ""
    keys: tuple[bytes, ...] = field(default=(), repr=False)


PUSH = Pushed(
    *env.signed_for(
        "BIHUAN_PUSH_URL", "where notices are pushed to the app; none: nowhere",
        "BIHUAN_PUSH_SECRET", "whsec_ secret of it, two during a rotation",
    )
)  # fmt: skip
