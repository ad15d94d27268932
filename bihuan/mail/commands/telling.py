"""Tell whoever wrote which of their attachments were not kept, and why (2.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.utils import translation

from bihuan.cases.queries import Case
from bihuan.mail import wordings
from bihuan.notify import commands as notify

NOTICE = "mail_files_refused"


def tell_of_lost(
    case: Case, parts: Iterable[Mapping[str, object]], *, mail_id: int, locale: str, at: datetime
) -> None:
    """In the app and by letter, in the language they wrote in; nothing where all was kept.

    A robot answers the letter with the next file, so that it is paced as what else answers mail.
    """
    with translation.override(locale):
        files = wordings.lost(parts)
    if files:
        link = f"{settings.BASE_URL}{case.url}"
        told = notify.Telling(
            template=NOTICE,
            key=f"mail-files:{mail_id}",
            facts={"number": case.number, "files": files, "link": link},
            at=at,
            person_id=case.person_id,
            case_id=case.id,
            channels=("inbox", "email"),
            locale=locale,
            paced=True,
        )
        notify.tell_all([told])
