"""What was said in a chat as its case keeps it: whole, in order, without notes of colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, takewhile

from django.utils import translation

from bihuan.accounts import queries as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.commands import Line, transcribed
from bihuan.chat import queries, words
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.rules import AGENT, SYSTEM
from bihuan.core.actors import SYSTEM as HOUSE

PART = 24_000  # signs of one entry, well below what an entry may hold


def lines_of(row: Conversation, *, after: int = 0) -> list[Line]:
    """Everything said after the n-th turn; what was erased says so."""
    found = [one for one in queries.turns(row, HOUSE, after=after, most=5000) if not one.internal]
    names = people.staff_names(_staff(found))
    files = case_queries.files_of_drafts([one.draft_id for one in found if one.draft_id])
    # a message with a photo is said when it began to come, and may stand after what came meanwhile
    moments = accumulate((one.at for one in found), max)
    with translation.override("zh-hans"):  # the record is kept in the house's own language
        return [
            Line(
                at=at,
                by=one.voice,
                text=_text(row, one, names, [f.name for f in files.get(one.draft_id, ())]),
                name=names.get(one.author_id, "") if one.voice == AGENT else "",
            )
            for one, at in zip(found, moments, strict=True)
        ]


def unanswered_words(row: Conversation) -> str:
    """What the person said since an agent last did."""
    since = takewhile(lambda one: one.by != "agent", reversed(lines_of(row)))
    return "\n".join(reversed([one.text for one in since if one.by == "user"]))


def _staff(found: Sequence[Turn]) -> set[int]:
    told = {v for one in found for k, v in one.facts.items() if k in queries.STAFF and v}
    return told | {one.author_id for one in found if one.voice == AGENT}


def _text(row: Conversation, turn: Turn, names: dict[int, str], files: list[str]) -> str:
    if turn.voice == SYSTEM:
        facts = {k: names.get(v, "") if k in queries.STAFF else v for k, v in turn.facts.items()}
        return words.happened(turn.code, facts)
    text = queries.opened(row.person_id, turn)
    said = [words.erased() if text is None else text, *(words.file(name) for name in files)]
    return "\n".join(filter(None, said)) or "—"


def parts(lines: Sequence[Line], at: datetime) -> list[str]:
    """As many texts as are needed, each short enough for one entry."""
    found: list[list[Line]] = [[]]
    length = 0
    for line in lines:
        size = len(line.text) + 5 * line.text.count("\n") + len(line.name) + 40
        if length + size > PART or len(found[-1]) >= 1500:
            found.append([])
            length = 0
        found[-1].append(line)
        length += size
    return [transcribed(part, at) for part in found]


def keep_rest(row: Conversation, number: str, at: datetime) -> None:
    """What was said and shown since its case last took it in stands there too; who calls saves."""
    rest = lines_of(row, after=row.kept_n)
    row.kept_n = row.last_n
    if any(line.by != "system" for line in rest):
        shown = queries.draft_ids(row)
        for part in parts(rest, at):
            cases.keep_conversation(number=number, text=part, draft_ids=shown, by=HOUSE, at=at)
