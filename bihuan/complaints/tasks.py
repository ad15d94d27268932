"""What events and time bring: records of breaches, shares, measures chased, reports kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints import commands, queries, rules
from bihuan.complaints.lifecycle import V
from bihuan.core.actors import SYSTEM
from bihuan.core.handbook import Limit
from bihuan.core.refusals import Refusal
from bihuan.events.models import Event
from bihuan.notify import commands as notify
from bihuan.notify.commands import Telling
from bihuan.policy import queries as policy
from bihuan.web.words import due_moment, limit_words


def end_shares(events: Sequence[Event]) -> None:
    """Subscriber to what ends a case before its decision: nobody waits for its shares any more."""
    for event in events:
        if _is_its_own(event) and not _runs(event):
            commands.end_all(case_id=event.stream, by=SYSTEM, at=event.at)
            commands.end_inquiries(case_id=event.stream, by=SYSTEM, at=event.at)


def take_up_shares(events: Sequence[Event]) -> None:
    """Subscriber to case.unmerged: what the merge had ended is owed and waited for again."""
    for event in events:
        if _is_its_own(event) and _runs(event):
            merged = queries.ended_before(event)
            commands.take_up_all(case_id=event.stream, ended_at=merged, by=SYSTEM, at=event.at)
            commands.take_up_inquiries(
                case_id=event.stream, ended_at=merged, by=SYSTEM, at=event.at
            )


def _is_its_own(event: Event) -> bool:
    """Not of a case that only took another in, or let it go."""
    return "from" in event.data


def _runs(event: Event) -> bool:
    """Whether its case is open, whatever the event said: it may have come back, or ended, since."""
    return cases.get(event.data["number"], SYSTEM).is_open


def tend(at: datetime) -> int:
    """Every minute: shares and answers of parties whose time is over."""
    return commands.miss_shares(at=at) + commands.miss_inquiries(at=at)


BATCHES = 50_000  # cases of one go; the next goes on where it ended


def hold_to_account(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each (2.3.3)."""
    for at, said in groupby(events, key=lambda event: event.at):
        commands.open_record([rules.breach(one.stream, one.data) for one in said], at=at)


def analyse(events: Sequence[Event]) -> None:
    """Subscriber to what makes a complaint major or not: its report is asked for or lapses."""
    for event in events:
        row = queries.standing(event.stream)
        if row is None:
            commands.ask_for_report(number=event.data["number"], by=SYSTEM, at=event.at)
        else:
            _followed(row.id, event.at)


def tend_reports(at: datetime) -> int:
    """Every minute: ask for what nobody has asked for, follow the cases, say what is late.

    So complaints that were major when they were filed, or before reports were kept, are found.
    """
    asked = sum(_asked(number, at) for number in queries.unasked(at))
    return asked + sum(_followed(id, at) for id in queries.unfinished())


def _asked(number: str, at: datetime) -> bool:
    try:
        return commands.ask_for_report(number=number, by=SYSTEM, at=at) is not None
    except Refusal:  # the case ended since the list was read
        return False


def _followed(id: int, at: datetime) -> bool:
    try:
        return commands.follow(id=id, by=SYSTEM, at=at)
    except Refusal:  # signed or lapsed since the list was read
        return False


def send_to_management(events: Sequence[Event]) -> None:
    """Subscriber to report.signed: it goes to the management at once (2.2.4)."""
    for event in events:
        commands.send_report(id=event.data["report"], by=SYSTEM, at=event.at)


def tell_of_reports(events: Sequence[Event]) -> None:
    """Subscriber to what happens to reports: whoever must act or know is told, with a link.

    The paper itself never leaves by mail. A text of the handbook without this notice tells none.
    """
    tellings = []
    for event in events:
        template = event.kind.replace(".", "_")
        if template in policy.current(event.at).notices:
            tellings += [_telling(template, event, id) for id in _readers(event)]
    notify.tell_all(tellings)


def _readers(event: Event) -> list[int]:
    """Who is told, each once, never who did it: the next to act, or all the management."""
    data = event.data
    above = queries.supervisors_of(data["department"]) or queries.management()
    found: dict[str, list[int]] = {
        "report.asked": [data["staff"]] if data["staff"] else above,
        "report.submitted": above,
        "report.returned": [data["staff"]],
        "report.late": [data["staff"], *above],
        "report.sent": data.get("readers", []),
        # whoever lowers a severity does so alone, and not unseen
        "report.lapsed": above if data.get("reason_code") == "severity_lowered" else [],
    }
    ids = [id for id in dict.fromkeys(found[event.kind]) if id and id != event.actor_id]
    staff = accounts.colleagues(ids)
    if event.kind == "report.submitted":
        ids = [id for id in ids if id != data["staff"] and staff[id].roles & V]
    return [id for id in ids if id in staff and staff[id].active]


def _telling(template: str, event: Event, staff_id: int) -> Telling:
    return Telling(
        template=template,
        key=f"{event.stream}.{event.seq}:{template}:s{staff_id}",
        facts={
            "number": event.data["number"],
            "due": _due_words(event),
            "link": f"{settings.BASE_URL}/desk/reports/special/{event.data['report']}/",
        },
        at=event.at,
        staff_id=staff_id,
        case_id=event.stream,
        channels=("inbox", "email"),
    )


def _due_words(event: Event) -> str:
    """By when; before the decision how long it will be from there."""
    if due_at := event.data.get("due_at"):
        return due_moment(datetime.fromisoformat(due_at), event.at)
    default = policy.current(event.at).defaults["special_report"]
    assert default.unit == "workdays"
    with translation.override(queries.HOUSE_LOCALE):
        limit = limit_words(Limit(default.amount, default.unit))
        return _("作出处理后 {limit}内").format(limit=limit)


def chase(at: datetime) -> int:
    """Every minute: say of rectification tasks whose day is over that they are late."""
    return commands.chase_measures(at=at)


def mark(events: Sequence[Event]) -> None:
    """Subscriber to whatever may decide a due: its cases are reckoned anew (2.3.2)."""
    commands.mark({one.stream for one in events})


def reckon(at: datetime) -> int:
    """Every 20 s: bring the sums of the reports up to date; returns how many cases."""
    done = some = commands.reckon(at=at)
    while some == commands.AT_ONCE:
        some = commands.reckon(at=at)
        done += some
    return done


def note_told(events: Sequence[Event]) -> None:
    """Subscriber to the end of bulk runs: an incident keeps what its message came to (2.2.3)."""
    for event in events:
        commands.note_told(run_id=event.data["run"])


def tell_month(at: datetime) -> int:
    """Every ten minutes: on the first working day tell of last month's report (2.2.4)."""
    return commands.tell_month(at=at)


def look_at_loop(at: datetime) -> int:
    """Every 3 s: go on with the look that was asked for, or is due; returns how many cases."""
    done = some = commands.look_at_loop(at=at)
    while some and done < BATCHES:
        some = commands.look_at_loop(at=at)
        done += some
    return done
