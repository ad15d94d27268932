"""docs/handbook.md from the data: each clause, what it promises and where its sentences live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bihuan.core.handbook import Clause, Handbook, Promise, Statement
from bihuan.policy.loader import load_current

PAGE = Path(__file__).parents[2] / "docs" / "handbook.md"
HOMES = {
    "done": "done by",
    "information": "for information",
    "awaiting": "awaiting",
}


def page(book: Handbook) -> str:
    """The whole page as Markdown; the same handbook always gives the same page."""
    parts = [_head(book)]
    for clause in book.clauses.values():
        parts.append(_clause(book, clause))
    parts += [_rulings(book), _notes(book), _defaults(book)]
    return "\n".join(parts).rstrip() + "\n"


def _head(book: Handbook) -> str:
    homes = Counter[str](statement.home for statement in book.statements.values())
    counted = ", ".join(f"{homes[home]} {home}" for home in HOMES)
    return f"""# {book.title}

*{book.title_en}* — version {book.version}, in force from {book.in_force_from.isoformat()}.

This page is written by `python -m bihuan.policy.docs` from `bihuan/handbook/{book.version}/*.toml`
(SHA-256 `{book.sha256}`); a test fails when the two differ. Nothing here is legal advice.

{len(book.statements)} statements: {counted}. {len(book.promises)} promises,
{len(book.rulings)} rulings on contradictions of the text, {len(book.legal_notes)} legal notes.

Quotes are in simplified characters; 〔…〕 marks a span that the source garbles, with its
plausible reading. Hours run day and night. Working days are China's, the first day is not
counted, and the last ends at 24:00 in Shanghai.
"""


def _clause(book: Handbook, clause: Clause) -> str:
    chapter = "." not in clause.id
    lines = [f"{'##' if chapter else '###'} {clause.label} {clause.title} — {clause.title_en}", ""]
    if clause.note:
        lines += [f"> {clause.note}", ""]
    promises = [promise for promise in book.promises if promise.clause == clause.id]
    if promises:
        lines += _table(
            ("promise", "limit", "from → until", "applies to", "force", "in English"),
            (_promise(promise) for promise in promises),
        )
    statements = [s for s in book.statements.values() if s.clause == clause.id]
    if statements:
        lines += _table(
            ("statement", "quote", "sense", "home"),
            ((s.id, s.says, s.what, _home(s)) for s in statements),
        )
    rulings = [ruling.id for ruling in book.rulings.values() if clause.id in ruling.clauses]
    notes = [note.id for note in book.legal_notes.values() if clause.id in note.clauses]
    if rulings or notes:
        lines += [
            f"Rulings: {', '.join(rulings) or 'none'}. Law: {', '.join(notes) or 'none'}.",
            "",
        ]
    return "\n".join(lines)


def _promise(promise: Promise) -> Sequence[str]:
    limit = f"{promise.limit.amount} {promise.limit.unit}"
    if promise.default_not_handbook:
        limit += " (default, not of the handbook)"
    if promise.proved_by:
        limit = f"at once, proved by {promise.proved_by}"
    applies = promise.applies
    meant = [
        f"{name} {', '.join(map(str, sorted(values)))}"
        for name, values in (
            ("kind", applies.kind),
            ("channel", applies.channel),
            ("category", applies.category),
            ("severity", applies.severity),
            ("tier", applies.tier),
        )
        if values
    ]
    run = f"`{promise.start}` → `{promise.until}`"
    hard = "hard" if promise.hard else "soft"
    return promise.id, limit, run, "; ".join(meant), f"{promise.force} ({hard})", promise.en


def _home(statement: Statement) -> str:
    by = f" `{statement.by}`" if statement.by else ""
    why = f": {statement.why}" if statement.why else ""
    return f"{HOMES[statement.home]}{by}{why}"


def _rulings(book: Handbook) -> str:
    rows = (
        (r.id, ", ".join(r.clauses), r.question, r.decision + _owner(r.owner), ", ".join(r.legal))
        for r in book.rulings.values()
    )
    return "\n".join(
        ("## Rulings", "", *_table(("id", "clauses", "question", "decision", "law"), rows))
    )


def _owner(confirms: bool) -> str:
    return "（须由制度负责人确认）" if confirms else ""


def _notes(book: Handbook) -> str:
    rows = (
        (n.id, n.title, ", ".join(n.clauses), ", ".join(n.treatment), n.confidence, n.text)
        for n in book.legal_notes.values()
    )
    columns = ("id", "title", "clauses", "treatment", "confidence", "note")
    return "\n".join(("## Legal notes", "", *_table(columns, rows)))


def _defaults(book: Handbook) -> str:
    rows = (
        (d.id, f"{d.amount} {d.unit}", d.clause, d.ruling, d.en, d.zh)
        for d in book.defaults.values()
    )
    columns = ("default", "value", "clause", "ruling", "in English", "in Chinese")
    return "\n".join(("## Numbers that the handbook does not give", "", *_table(columns, rows)))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '｜') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(load_current()), "utf-8")
