"""How a one-time code leaves the house: by mail, or by text message where a provider is wired."""

from __future__ import annotations

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from bihuan.config import wiring
from bihuan.core import personal
from bihuan.core.ports import Notifier, Outgoing, Undeliverable
from bihuan.core.refusals import Unreachable
from bihuan.notify.providers.letter import address
from bihuan.notify.providers.mailbox import Mailbox

AT_ONCE, WAITING = 4, 40  # codes on their way to a supplier, in each process

_log = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="codes")
_places = BoundedSemaphore(AT_ONCE + WAITING)


def send(person_id: int, contact: str, code: str, at: datetime) -> None:
    """Send it now; the code is in no row, job or log. Unreachable when no provider takes it.

    A supplier is not waited for: it may be slow, and how long it takes would tell who is known
    here. What fails there stands in the log. The demo has no supplier of text messages: there
    the message lies in the local mailbox.
    """
    body = _("您的验证码是 {code}，10 分钟内有效。请勿告诉任何人，包括平台客服。").format(code=code)
    key = hashlib.sha256(f"{contact}:{code}:{at.isoformat()}".encode()).hexdigest()
    letter = Outgoing(to=contact, subject=_("验证码"), body=body, key=key, code=code)
    notifier = wiring.email(at) if "@" in contact else wiring.code_by_sms(at)
    if notifier is None:
        raise Unreachable("2.4.1")
    try:
        if "@" in contact:
            address(contact)
        if isinstance(notifier, Mailbox):
            notifier.send(letter)
            return
    except (Undeliverable, OSError):
        raise Unreachable("2.4.1") from None
    _hand_over(notifier, letter)


def _hand_over(notifier: Notifier, letter: Outgoing) -> None:
    if not _places.acquire(blocking=False):
        _log.error("a one-time code was not sent: %d wait for a supplier", WAITING)
        raise Unreachable("2.4.1")
    _pool.submit(_deliver, notifier, letter)


def _deliver(notifier: Notifier, letter: Outgoing) -> None:
    try:
        notifier.send(letter)
    except (Undeliverable, OSError) as fault:
        _log.error("a one-time code was not sent: %s", personal.mask(str(fault)))
    except Exception as fault:
        # not what it says: it may hold the letter
        _log.error("a one-time code was not sent: %s", type(fault).__name__)
    finally:
        _places.release()
