"""Which words of a case came by mail: where the original is, and who vouches for its sender."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases.models import Case
from bihuan.mail import queries, wordings


def came_by_mail(case: Case) -> dict[int, dict[str, Any]]:
    """Entry -> {url, trust, faults}; trust is a pill, faults are what a reader must know."""
    return {mail.entry: _shown(mail) for mail in queries.of_case(case.id) if mail.entry}


def _shown(mail: queries.Seen) -> dict[str, Any]:
    tone, icon, said = wordings.TRUSTS.get(mail.trust, ("", "", ""))
    lost = [part for part in mail.parts if part["why"]]
    faults = wordings.problems(mail.problems)
    if lost:
        names = wordings.named(lost, wordings.called)
        faults.append(_("附件没有存为证据，见原信：{names}").format(names=names))
    return {
        "url": reverse("mail:one", args=[mail.id]),
        "trust": {"tone": tone, "icon": icon, "words": said} if said else None,
        "faults": faults,
    }
