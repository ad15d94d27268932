"""A call that is taken down as a case: what is known of it is filled in (1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import commands
from bihuan.cases.commands import Filed, Filing
from bihuan.core.refusals import NotFound
from bihuan.phone import commands as calls
from bihuan.phone import queries as phone
from bihuan.web import words
from bihuan.web.door import Who

MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Called:
    """A call on the form: its number stands there masked, its moment without seconds."""

    id: int
    number: str
    masked: str
    received_at: datetime
    ref: str

    @property
    def shown_at(self) -> str:
        """As the field of the form has it."""
        return words.local(self.received_at).strftime(MINUTE)

    @property
    def shown_time(self) -> str:
        """For a reader, to the second: from then on the clocks run."""
        return words.local(self.received_at).strftime("%H:%M:%S")

    def initial(self) -> dict[str, str]:
        """What the form is opened with: nobody types what is known."""
        return {
            "channel": "phone", "phone": self.masked, "received_at": self.shown_at,
            "external_id": self.ref,
        }  # fmt: skip


def called(given: Mapping[str, Any], who: Who) -> Called | None:
    """The call this form is about; None for one about none. NotFound for a call that is none."""
    mark = str(given.get("call") or "")
    if not mark:
        return None
    if not (mark.isascii() and mark.isdigit() and len(mark) < 18):
        raise NotFound()
    call = phone.call(int(mark), who["by"])
    return Called(
        id=call.id,
        number=phone.number_of(call),
        masked=phone.masked(call),
        received_at=min(call.received_at, who["at"]),
        ref=call.ref,
    )


def completed(filing: Filing, call: Called | None, post: Mapping[str, Any]) -> Filing:
    """The filing with the number that stood masked, and the second of answering, as they are."""
    if call is None:
        return filing
    contact = filing.contact
    if call.masked and contact.phone.strip() == call.masked:
        contact = replace(contact, phone=call.number)
    received = filing.received_at
    if str(post.get("received_at") or "") == call.shown_at:
        received = call.received_at
    return replace(filing, contact=contact, received_at=received)


def phone_of(post: Mapping[str, Any], call: Called | None) -> dict[str, Any]:
    """The fields as they were filled in, with the number behind its mask: for comparing."""
    found = dict(post.items())
    if call and call.masked and str(found.get("phone", "")).strip() == call.masked:
        found["phone"] = call.number
    return found


def file(filing: Filing, visit: str, call: Called | None, who: Who) -> Filed:
    """Registered once, and the call lies on it."""
    if call is None:
        return commands.file_once(filing=filing, visit=visit, **who)
    with transaction.atomic():
        filed = commands.file_once(filing=filing, visit=visit, **who)
        if phone.call(call.id, who["by"]).case_id == 0:
            calls.link(id=call.id, number=filed.case.number, **who)
    return filed


def of_case(case_id: int, who: Who) -> list[dict[str, str]]:
    """The calls that lie on a case, for its facts."""
    return [
        {"url": call.url, "at": words.moment_words(call.started_at, who["at"])}
        for call in phone.of_case(case_id, who["by"])
    ]
