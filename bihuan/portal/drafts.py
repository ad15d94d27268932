"""A form half filled in, kept by the server under a token that the address carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from bihuan.cases import commands, queries
from bihuan.web.door import Who

if TYPE_CHECKING:
    from bihuan.cases.models import Draft

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,43}")
RAW_MOST = 6000  # what an unfinished field may keep; the finished one has its own limit


@dataclass(slots=True)
class Started:
    """What was filled in so far; without a row nothing was begun yet."""

    form: str
    row: Draft | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str:
        return self.row.token if self.row else ""

    @property
    def case_id(self) -> int:
        return self.row.case_id if self.row else 0


def token_of(text: str) -> str:
    """A token as the house makes them, else "": nothing else is asked of the database."""
    return text if _TOKEN.fullmatch(text) else ""


def begun(request: HttpRequest, form: str, who: Who) -> Started:
    """The draft the address names, if it is this person's and of this form."""
    token = token_of(request.GET.get("draft", ""))
    found = queries.draft(token, who["by"]) if token else None
    if found is None or found[0].form != form:
        return Started(form)
    return Started(form, found[0], found[1])


def keep(draft: Started, step: str, answers: Mapping[str, Any], who: Who) -> str:
    """Keep these answers beside the earlier ones; returns the token."""
    draft.data |= answers
    draft.row = commands.save_draft(
        token=draft.token, form=draft.form, data=draft.data, step=step, **who
    )
    return draft.token


def raw(request: HttpRequest, names: list[str]) -> dict[str, str]:
    """What stands in these fields, unchecked: an unfinished form is kept as it is."""
    return {name: request.POST.get(name, "")[:RAW_MOST] for name in names if name in request.POST}
