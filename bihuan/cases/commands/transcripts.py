"""The conversation a case began with, kept whole beside the words of the case (1.3, 6.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands import words
from bihuan.cases.commands.filing import SKEW, TRANSCRIPT_MOST
from bihuan.cases.models import TRANSCRIPT, Case, Draft, File
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid
from bihuan.events import log

LINES_MOST = 2_000
SPEAKERS = {"user": "用户", "agent": "客服", "system": "系统"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: when, by whose side (`user`, `agent`, `system`), under which name."""

    at: datetime
    by: str
    text: str
    name: str = ""


def transcribed(lines: Sequence[Line], at: datetime) -> str:
    """The conversation as it is kept: a line each, `2026-11-24 10:02:11 用户 张敏：……`.

    What runs over several lines goes on below, moved in, so that nobody can write a line for
    another. Invalid `transcript`: too_many_lines, not_known, missing, in_the_future, out_of_order,
    too_long, and what `inputs` refuses.
    """
    if len(lines) > LINES_MOST:
        raise Invalid({"transcript": "too_many_lines"}, limit=LINES_MOST)
    told = []
    before = None
    for line in lines:
        moment = inputs.moment(line.at, field="transcript")
        if moment > at + SKEW:
            raise Invalid({"transcript": "in_the_future"})
        if before is not None and moment < before:
            raise Invalid({"transcript": "out_of_order"})
        before = moment
        told.append(_told(line, moment))
    whole = "\n".join(told)
    if len(whole) > TRANSCRIPT_MOST:
        raise Invalid({"transcript": "too_long"}, limit=TRANSCRIPT_MOST, length=len(whole))
    return whole


def _told(line: Line, moment: datetime) -> str:
    who = SPEAKERS[inputs.one_of(line.by, SPEAKERS, field="transcript")]
    name = inputs.words(line.name, field="transcript", most=60, lines=False)
    text = inputs.words(line.text, field="transcript", least=1, most=TRANSCRIPT_MOST)
    there = f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    said = text.replace("\n", "\n    ")
    return f"{there} {who}{' ' + name if name else ''}：{said}"


def heard_at(lines: Sequence[Line]) -> datetime | None:
    """When the person first wrote: no later did the platform hear of the matter (X-09)."""
    return next((line.at for line in lines if line.by == "user"), None)


@transaction.atomic
def adopt_files(*, number: str, draft_ids: Collection[int], by: Actor, at: datetime) -> list[str]:
    """收为证据：what was shown in a conversation is evidence of its case; the hashes of the files.

    The caller says so in the log, with the conversation it comes from.
    """
    return _adopted(queries.locked(number, by), draft_ids)


def _adopted(case: Case, draft_ids: Collection[int]) -> list[str]:
    rows = File.objects.filter(draft_id__in=draft_ids, case_id=0)
    hashes = list(rows.order_by("id").values_list("sha256", flat=True))
    rows.update(case_id=case.id, person_id=case.person_id)
    Draft.objects.filter(id__in=draft_ids).update(case_id=case.id)
    return hashes


@transaction.atomic
def keep_conversation(
    *, number: str, text: str, draft_ids: Collection[int] = (), by: Actor, at: datetime
) -> Case:
    """存入沟通记录：more of a conversation, for a case there is; `text` is `transcribed`.

    What was shown in it, in these drafts, is evidence from now on.
    """
    case = queries.locked(number, by)
    keep(case, text, by, at, files=_adopted(case, draft_ids))
    return case


def keep(case: Case, text: str, by: Actor, at: datetime, *, files: Sequence[str] = ()) -> None:
    """Put the conversation on the case it became; its personal numbers are sealed as in words."""
    said = words.say(case, text, kind=TRANSCRIPT, by=SYSTEM, at=at, channel=case.channel)
    log.append(
        "case.transcript_kept", stream=case.id, by=by, at=at, clause="6.2",
        number=case.number, round=case.round, files=list(files), **said,
    )  # fmt: skip
