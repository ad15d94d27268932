"""What a decided appeal does to its case, and what rooms above this one say of a case (3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.ending import again
from bihuan.cases.commands.handling import known_staff
from bihuan.cases.commands.material import gathered_files, row_of
from bihuan.cases.commands.steps import begin
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Draft, File
from bihuan.core.actors import Actor
from bihuan.store import blobs


@transaction.atomic
def overturn(
    *,
    number: str,
    text: str,
    owner_id: int = 0,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """撤销原处理：a successful appeal begins round n + 1 with clocks of its own (3.2, X-41).

    By the house alone, for an appeal that somebody independent decided; an archived case is open
    again. `owner_id` takes it from here; 0 leaves it to its department.
    """
    case, step = begin(number, "overturn", by, expected_version)
    case.owner_id = known_staff(owner_id, "owner_id").id if owner_id else 0
    case.archived_at = case.kept_until = None
    return again(case, step, text, "overturn", by, at, owner=case.owner_id)


@dataclass(frozen=True, slots=True)
class Said:
    """What was kept: what the event says of the words, and the files with their hashes."""

    facts: dict[str, Any]
    files: tuple[File, ...]

    @property
    def hashes(self) -> list[str]:
        return [file.sha256 for file in self.files]


@transaction.atomic
def keep_said(
    *, number: str, text: str, kind: str, received: Iterable[blobs.Kept] = (),
    gathered: Draft | None = None, internal: bool = False, channel: str = "", by: Actor,
    at: datetime,
) -> Said:  # fmt: skip
    """Words and files of a matter about this case, in whatever state it is: an appeal, an offer.

    They stand with the case's own; the caller says so in the log with what is returned.
    """
    case = queries.locked(number, by)
    files = [row_of(one, case_id=case.id, person_id=case.person_id, by=by, at=at)
             for one in received]  # fmt: skip
    files += gathered_files(gathered, case)
    facts = speak(case, text, kind=kind, by=by, at=at, internal=internal, channel=channel)
    return Said(facts, tuple(files))
