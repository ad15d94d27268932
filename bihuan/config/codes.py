"""How a one-time code leaves the house: by mail, or by text message where a provider is wired."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.config import wiring
from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.core.refusals import Unreachable
from bihuan.notify.providers.mailbox import Mailbox


def send(person_id: int, contact: str, code: str, at: datetime) -> None:
    """Send it now; the code is in no row, job or log. Unreachable when no provider takes it.

    The demo has no text-message provider: there the message lies in the local mailbox.
    """
    body = _("您的验证码是 {code}，10 分钟内有效。请勿告诉任何人，包括平台客服。").format(code=code)
    key = hashlib.sha256(f"{contact}:{code}:{at.isoformat()}".encode()).hexdigest()
    if "@" in contact:
        notifier, to = wiring.email(at), contact
    elif settings.DEMO:
        notifier = Mailbox(folder=settings.HOME / "mailbox", sender=settings.MAIL_FROM, at=at)
        to = f"{contact}@sms.example.com"
    else:
        raise Unreachable("2.4.1")
    try:
        notifier.send(Outgoing(to=to, subject=_("验证码"), body=body, key=key))
    except (Undeliverable, OSError):
        raise Unreachable("2.4.1") from None
