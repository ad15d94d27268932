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
    """In the app and by letter, in the language they wrote in; nothing where all was kept."""
    with translation.override(locale):
        files = wordings.lost(parts)
    if files:
        notify.tell(
            NOTICE,
            key=f"mail-files:{mail_id}",
            facts={"number": case.number, "files": files, "link": f"{settings.BASE_URL}{case.url}"},
            at=at,
            person_id=case.person_id,
            case_id=case.id,
            channels=("inbox", "email"),
            locale=locale,
        )
