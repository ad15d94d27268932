"""Print a special report: as a draft to be looked at, or signed, to be kept (2.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.accounts import queries as accounts
from bihuan.complaints import queries
from bihuan.complaints.fields import WORDED, Parts
from bihuan.complaints.models import ReportText, SpecialReport
from bihuan.complaints.queries import HOUSE_LOCALE
from bihuan.core.actors import Actor
from bihuan.events import log
from bihuan.store import blobs
from bihuan.web import paper, words

TEMPLATE = Path(__file__).parent.parent / "papers" / "special_report.typ"
LIMIT = 20_000_000  # bytes
HASH_SHOWN = 16  # of the 64 signs of the words' hash


@dataclass(frozen=True, slots=True)
class Printed:
    """A signed paper that is kept, and the facts as they stand on it."""

    facts: dict[str, Any]
    blob: str
    sha256: str
    size: int


def print_draft(*, id: int, by: Actor, at: datetime) -> bytes:
    """The report as it stands, marked 草稿 on every page; kept nowhere. NotFound for others.

    Before anybody wrote a word it is what its author would start from.
    """
    row = queries.found_report(id, by)
    text = queries.text_of(row) if row.text_id else None
    return paper.pdf(TEMPLATE, _content(row, text, at, draft=True), at=at)


def print_signed(row: SpecialReport, text: ReportText, at: datetime) -> Printed:
    """Printed and stored before the row says so, as evidence is; the row's facts of signing stand.

    A paper that no row names, because the transaction failed, is a file nobody can open.
    """
    data = _content(row, text, at, draft=False)
    made = paper.pdf(TEMPLATE, data, at=at)
    kept = blobs.keep(BytesIO(made), name=f"{data['number']}.pdf", limit=LIMIT)
    return Printed(data, kept.blob, kept.sha256, kept.size)


def _content(
    row: SpecialReport, text: ReportText | None, at: datetime, *, draft: bool
) -> dict[str, Any]:
    """Everything the paper says, in Chinese, as plain values."""
    case = queries.case_of(row)
    due = row.due_at or queries.due_of(case)  # the decision may be of this minute
    parts = queries.parts_of(text) if text else queries.prefilled(case, at=at)
    with translation.override(HOUSE_LOCALE):
        facts = queries.facts_of(case, at).plain
        shown = {
            "title": _("重大投诉专项分析报告"),
            "platform": settings.PLATFORM_NAME,
            "draft": draft,
            "clause": "2.2.4",
            "due": _due(due) if due else _("作出处理后起算"),
            "version": text.version if text else 0,
            "hash": log.words(text.text, bytes(text.salt))[:HASH_SHOWN] if text else "—",
        }
        return {**shown, **facts, **_judged(parts), **_signed(row, text)}


def _judged(parts: Parts) -> dict[str, Any]:
    names = accounts.staff_names(one.owner_id for one in parts.measures)
    said = {name: list(paper.parts_of(getattr(parts, name))) for name in WORDED}
    return said | {
        "people": "—" if parts.people is None else f"{parts.people:,}",
        "loss": "—" if parts.loss_fen is None else words.money(parts.loss_fen),
        "measures": [
            {
                "what": one.what,
                "owner": names.get(one.owner_id, ""),
                "due_on": words.date_words(one.due_on),
            }
            for one in parts.measures
        ],
    }


def _signed(row: SpecialReport, text: ReportText | None) -> dict[str, Any]:
    writer = text.author_id if text else row.author_id
    names = accounts.staff_names({writer, row.reviewer_id, row.signed_by})
    return {
        "writer": names.get(writer, "—"),
        "written": words.full_moment(text.at) if text else "—",
        "reviewer": names.get(row.reviewer_id, "—"),
        "signer": names.get(row.signed_by, "—"),
        "signed": words.full_moment(row.signed_at) if row.signed_at else "—",
    }


def _due(due_at: datetime) -> str:
    """A due at midnight ends the day before, at 24:00; with its year."""
    return words.due_moment(due_at, due_at.replace(year=due_at.year - 1, day=1))
