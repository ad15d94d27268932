"""Cases filed in the same moment share one statement and one commit (HOUSE §5)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg
from django.db import InterfaceError, OperationalError

from bihuan.accounts import commands as people
from bihuan.cases.commands import intake_rows
from bihuan.cases.commands.filing import Checked, Filed, check
from bihuan.cases.commands.intake import Asked, Ready, file_asked, judged
from bihuan.core.refusals import Refusal


def file_all(asked: Sequence[Asked]) -> list[Filed | Exception | None]:
    """What needs nothing but the statement is written in one; None for all that goes by itself.

    A statement that PostgreSQL refused left nothing behind, and whose fault it was shows one by
    one. Of one that was cut off nobody knows whether it was done: then nobody is filed a second
    time, and everybody in it is told of the fault.
    """
    if len(asked) == 1:
        return [_attempt(asked[0])]
    results: list[Filed | Exception | None] = [None] * len(asked)
    ready = _ready_ones(asked)
    if ready:
        try:
            intake_rows.write([one.values for one in ready.values()])
        except Exception as fault:
            if _was_cut_off(fault):
                results = [fault if n in ready else None for n in range(len(asked))]
        else:
            results = [ready[n].filed if n in ready else None for n in range(len(asked))]
    return results


def _attempt(asked: Asked) -> Filed | Exception:
    try:
        return file_asked(asked)
    except Exception as fault:
        return fault


def _was_cut_off(fault: Exception) -> bool:
    if isinstance(fault, InterfaceError):
        return True
    return isinstance(fault, OperationalError) and not isinstance(
        fault.__cause__, psycopg.errors.DeadlockDetected
    )


def _ready_ones(asked: Sequence[Asked]) -> dict[int, Ready]:
    """By their places, those that need nothing but the statement; nothing is said of the others.

    Whatever is wrong with one, a bug of ours too, is shown where it goes by itself.
    """
    checked: dict[int, tuple[Checked, people.Contact]] = {}
    for place, one in enumerate(asked):
        with suppress(Refusal):
            made = check(one.filing, one.key, one.at)
            if not one.filing.person_id:
                checked[place] = made, people.cleaned(one.filing.contact)
    known = people.recognise_all([(contact, asked[n].at) for n, (_, contact) in checked.items()])
    ready: dict[int, Ready] = {}
    for (place, (made, _)), who in zip(checked.items(), known, strict=True):
        if who.unfinished:
            continue
        with suppress(Exception):
            case = judged(asked[place], made, who)
            if not case.needs_more:
                ready[place] = case
    return ready
