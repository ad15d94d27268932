"""What must be true of a handbook as a whole, beyond the shape of each entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from string import Formatter
from typing import Any

from bihuan.core.handbook import Handbook
from bihuan.core.terms import Route, Severity
from bihuan.policy import feedback, outside
from bihuan.policy.faults import Fault
from bihuan.policy.identity import demands_name_what_there_is
from bihuan.policy.oversight import MOST_DAYS, holds_have_an_end, the_ladder_has_no_gap
from bihuan.policy.redress import appeals_lead_somewhere

#: Ways out of the house that are no way in.
OUTWARD = frozenset({"inbox", "email", "sms", "wechat", "push", "counter"})
#: Promised about, but asked for in a procedure of its own (3.4), never filed as a case.
NO_CASES = frozenset({"termination"})
#: Days that the sweep and the commands of cases count with.
NEEDED_DEFAULTS = ("silence", "confirm_reminder")
#: What may be named as the home of a statement, before the colon.
HOMES = ("action", "command", "promise", "notice", "data", "page", "duty", "target")


def key_of(entry: Any) -> Any:
    """What an entry is known by: its id, a route by its category."""
    return entry.category if isinstance(entry, Route) else entry.id


def faults(book: Handbook) -> Iterator[Fault]:
    """Every fault, in the order in which a reader would look for it."""
    for rule in RULES:
        yield from rule(book)


#: Places whose entries cite one clause, and those whose entries cite several.
CITE_ONE = (
    "statements", "promises", "kinds", "states", "priorities", "scales", "levels", "categories",
    "issue_groups", "severities", "tiers", "departments", "routes", "notices", "topics",
    "agencies", "surveys", "targets", "duties", "defaults", "rungs", "holds", "chases",
    "party_kinds", "handling", "legal_clocks", "demands", "grounds", "appeal_levels",
)  # fmt: skip
CITE_MANY = ("channels", "rights", "rulings", "legal_notes")


def clauses_exist(book: Handbook) -> Iterator[Fault]:
    """Whatever cites a clause cites one that the handbook has."""
    for place in CITE_ONE:
        for entry in entries(book, place):
            if entry.clause not in book.clauses:
                yield Fault(place, key_of(entry), "clause", f"there is no clause {entry.clause!r}")
    for place in CITE_MANY:
        for entry in entries(book, place):
            if not entry.clauses:
                yield Fault(place, entry.id, "clauses", "it names no clause")
            for clause in entry.clauses:
                if clause not in book.clauses:
                    yield Fault(place, entry.id, "clauses", f"there is no clause {clause!r}")


def entries(book: Handbook, place: str) -> Iterable[Any]:
    """The entries of one place, mapping or tuple."""
    found = getattr(book, place)
    return found if isinstance(found, tuple) else found.values()


def quotes_stand_in_their_clause(book: Handbook) -> Iterator[Fault]:
    """A quote is a quote: it stands in the text of its clause, word for word."""
    text = {c.id: plain(c.label + c.title + c.text) for c in book.clauses.values()}
    for place in ("promises", "statements", "targets", "duties", "tiers", "categories", "routes"):
        for entry in entries(book, place):
            if plain(entry.says) not in text.get(entry.clause, plain(entry.says)):
                yield Fault(
                    place, key_of(entry), "says", f"clause {entry.clause} does not say this"
                )
    for clause in book.clauses.values():
        for span in clause.damaged:
            if f"〔{span}〕" not in clause.text:
                yield Fault("clauses", clause.id, "damaged", f"〔{span}〕 is not in the text")


def plain(text: str) -> str:
    """Text without line breaks, blanks and the marks of repaired spans."""
    return re.sub(r"[\s〔〕]", "", text)


def promises_can_be_kept(book: Handbook) -> Iterator[Fault]:
    """A promise runs between known milestones and applies to values that exist."""
    for promise in book.promises:
        for key, milestone in (("from", promise.start), ("until", promise.until)):
            if milestone not in book.milestones:
                yield Fault("promises", promise.id, key, f"there is no milestone {milestone!r}")
        applies = promise.applies
        for name, given, known in (
            ("kind", applies.kind, book.kinds.keys() | NO_CASES),
            ("channel", applies.channel, book.channels.keys()),
            ("category", applies.category, book.categories.keys()),
            ("severity", applies.severity, book.severities.keys()),
            ("tier", applies.tier, book.tiers.keys()),
        ):
            for value in sorted(given - known, key=str):
                yield Fault("promises", promise.id, "applies", f"there is no {name} {value!r}")
        if promise.limit.amount == 0 and not promise.proved_by:
            yield Fault("promises", promise.id, "limit", "no time at all, and nothing proves it")


def statements_have_a_home(book: Handbook) -> Iterator[Fault]:
    """Every normative sentence is done by something, or says why not."""
    promised = {promise.id for promise in book.promises}
    for statement in book.statements.values():
        if statement.home == "done" and not statement.by:
            yield Fault("statements", statement.id, "home", "done, but it does not say by what")
        if statement.home == "done" and not _known(book, statement.by):
            yield Fault("statements", statement.id, "by", f"there is no {statement.by!r}")
        if statement.home != "done" and not statement.why:
            yield Fault("statements", statement.id, "home", f"{statement.home}, but not why")
        if statement.home == "awaiting" and not statement.by.startswith("room:"):
            yield Fault("statements", statement.id, "by", "awaiting, but not which room")
        for promise in sorted(set(statement.promises) - promised):
            yield Fault("statements", statement.id, "promises", f"there is no promise {promise!r}")


def _known(book: Handbook, home: str) -> bool:
    """`promise:C-1.4-1`, `notice:resolved`, `data:routes`, `action:accept` and so on."""
    word, _, name = home.partition(":")
    looked_up: dict[str, Callable[[], Collection[Any]]] = {
        "promise": lambda: {promise.id for promise in book.promises},
        "notice": lambda: book.notices,
        "duty": lambda: book.duties,
        "target": lambda: book.targets,
        "data": lambda: Handbook.__slots__,
    }
    known = looked_up.get(word)
    return word in HOMES and bool(name) and (known is None or name in known())


def severities_can_be_reached(book: Handbook) -> Iterator[Fault]:
    """Above the lowest, each severity has a criterion that the rungs above leave it."""
    ladder = sorted(book.severities.values(), key=lambda rung: rung.rank)
    for n, rung in enumerate(ladder):
        if rung.tier_at_least not in book.tiers:
            yield Fault("severities", rung.id, "tier_at_least", f"no tier {rung.tier_at_least}")
        for fact in sorted(set(rung.facts) - book.facts.keys()):
            yield Fault("severities", rung.id, "facts", f"there is no fact {fact!r}")
        if n and not _reachable(rung, ladder[n + 1 :]):
            yield Fault("severities", rung.id, "id", f"nothing can ever be {rung.id!r}")
    if len({rung.rank for rung in ladder}) < len(ladder):
        yield Fault("severities", ladder[-1].id, "rank", "two severities share a rank")


def _reachable(rung: Severity, above: list[Severity]) -> bool:
    def below(own: int | None, theirs: Iterable[int | None]) -> bool:
        return own is not None and all(it is None or own < it for it in theirs)

    taken = {cue for higher in above for cue in (*higher.facts, *higher.cues)}
    return (
        bool({*rung.facts, *rung.cues} - taken)
        or below(rung.people_over, (higher.people_over for higher in above))
        or below(rung.fen_over, (higher.fen_over for higher in above))
    )


def cues_are_words(book: Handbook) -> Iterator[Fault]:
    """Nothing stands in every text, as no letters at all would."""
    for place in ("categories", "issues", "severities", "tiers", "overrides"):
        for entry in getattr(book, place).values():
            if not all(cue.strip() for cue in entry.cues):
                yield Fault(place, entry.id, "cues", "a cue without letters")


def routes_lead_somewhere(book: Handbook) -> Iterator[Fault]:
    """Every category has a department and a second one; overrides name what exists."""
    for category in book.categories.keys() - book.routes.keys():
        yield Fault("categories", category, "id", f"no route for {category!r} in routes.toml")
    for route in book.routes.values():
        if route.category not in book.categories:
            yield Fault("routes", route.category, "category", f"no category {route.category!r}")
        for key, unit in (("department", route.department), ("fallback", route.fallback)):
            if unit not in book.departments:
                yield Fault("routes", route.category, key, f"there is no department {unit!r}")
    for override in book.overrides.values():
        for key, given, known in (
            ("department", {override.department}, book.departments.keys()),
            ("priority", {override.priority}, book.priorities.keys()),
            ("ruling", {override.ruling}, book.rulings.keys()),
            ("issues", set(override.issues), book.issues.keys()),
        ):
            for value in sorted(given - known):
                yield Fault("overrides", override.id, key, f"there is no {key} {value!r}")


def issues_belong_somewhere(book: Handbook) -> Iterator[Fault]:
    """Every issue has a category, cue words, and a group of 6.1 or none."""
    for issue in book.issues.values():
        if issue.category not in book.categories:
            yield Fault("issues", issue.id, "category", f"there is no category {issue.category!r}")
        if issue.group and issue.group not in book.issue_groups:
            yield Fault("issues", issue.id, "group", f"there is no group {issue.group!r}")


def notices_can_be_written(book: Handbook) -> Iterator[Fault]:
    """A notice leaves by ways that lead out, and uses the variables it declares, all of them."""
    for notice in book.notices.values():
        for way in sorted(set(notice.channels) - OUTWARD):
            yield Fault("notices", notice.id, "channels", f"no message leaves by {way!r}")
        if notice.topic not in {"", *(one.id for one in book.topics_for(notice.audience))}:
            yield Fault("notices", notice.id, "topic", f"there is no topic {notice.topic!r}")
        declared = set(notice.variables)
        for key in ("title", "title_en", "body", "body_en"):
            for why in _misused(getattr(notice, key), declared, all_of_them=key.startswith("body")):
                yield Fault("notices", notice.id, key, why)


def _misused(text: str, declared: set[str], all_of_them: bool) -> Iterator[str]:
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError as wrong:
        yield str(wrong)
        return
    for name in sorted(used - declared):
        yield f"the variable {name!r} is not declared"
    for name in sorted(declared - used if all_of_them else ()):
        yield f"the variable {name!r} is declared, but not used"


def rulings_and_notes_meet(book: Handbook) -> Iterator[Fault]:
    """Whoever points at a ruling or a legal note points at one that is there."""
    for place in ("targets", "agencies"):
        for entry in entries(book, place):
            if entry.legal_note and entry.legal_note not in book.legal_notes:
                yield Fault(place, entry.id, "legal_note", f"no legal note {entry.legal_note!r}")
    for ruling in book.rulings.values():
        for note in sorted(set(ruling.legal) - book.legal_notes.keys()):
            yield Fault("rulings", ruling.id, "legal", f"there is no legal note {note!r}")
    for default in book.defaults.values():
        if default.ruling and default.ruling not in book.rulings:
            yield Fault("defaults", default.id, "ruling", f"there is no ruling {default.ruling!r}")


def defaults_are_there(book: Handbook) -> Iterator[Fault]:
    """What the house reads by name and could not do without, as days that can be counted."""
    for needed in NEEDED_DEFAULTS:
        found = book.defaults.get(needed)
        if found is None:
            yield Fault("defaults", next(iter(book.defaults)), "", f"no default {needed!r}")
        elif found.unit != "days" or not 1 <= found.amount <= MOST_DAYS:
            yield Fault("defaults", needed, "amount", f"{needed!r} takes 1 to {MOST_DAYS} days")


def feedback_can_be_sorted(book: Handbook) -> Iterator[Fault]:
    """The three scales of 7.2 and the levels they lead to fit each other."""
    yield from (Fault(*found) for found in feedback.faults(book))


def the_outside_is_known(book: Handbook) -> Iterator[Fault]:
    """Parties, their steps and the clocks of the law point at what there is (6.1)."""
    yield from (Fault(*found) for found in outside.faults(book))


RULES = (
    clauses_exist,
    quotes_stand_in_their_clause,
    promises_can_be_kept,
    statements_have_a_home,
    severities_can_be_reached,
    cues_are_words,
    routes_lead_somewhere,
    issues_belong_somewhere,
    notices_can_be_written,
    rulings_and_notes_meet,
    defaults_are_there,
    the_ladder_has_no_gap,
    holds_have_an_end,
    appeals_lead_somewhere,
    feedback_can_be_sorted,
    the_outside_is_known,
    demands_name_what_there_is,
)
