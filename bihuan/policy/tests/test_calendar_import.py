"""An arrangement is proposed, checked day by day, and approved by a second person (2.3.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Conflict, Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import Event
from bihuan.policy import commands, queries
from bihuan.policy.calendars import PACKAGED

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 4, 2, tzinfo=UTC)
CHEN = Actor(7, frozenset({Role.SUPERVISOR}))
SECOND = Actor(8, frozenset({Role.ADMINISTRATOR}))
AGENT = Actor(9, frozenset({Role.AGENT}))


def packaged(year: int) -> str:
    """The text of one packaged year by itself."""
    blocks = PACKAGED.read_text("utf-8").split("[[")
    return next("[[" + b for b in blocks if b.startswith("year]]") and f"= {year}" in b)


TEXT = packaged(2026)
REFUSED = {
    "make_up_on_a_weekday": ("work = [2026-05-09]", "work = [2026-05-08]"),
    "not_weekdays_less_thirteen": ("workdays  = 248", "workdays  = 247"),
    "not_the_stated_count": ("work = [2026-05-09]", "work = []"),
    "rests_and_works": ("work = [2026-05-09]", "work = [2026-05-02]"),
    "in_another_year": ("work = [2026-05-09]", "work = [2027-05-09]"),
    "ends_before_it_begins": ("last = 2026-01-03", "last = 2025-12-30"),
    "not_readable": ("[[year]]", "[[year"),
    "one_year": (TEXT, ""),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_true_of_a_year_is_refused_by_name(code: str) -> None:
    old, new = REFUSED[code]
    text = TEXT.replace(old, new)
    if code == "not_weekdays_less_thirteen":  # as it is stated, and yet against the law
        text = text.replace("last = 2026-10-07", "last = 2026-10-08")

    with pytest.raises(Invalid) as refused:
        commands.propose_year(text=text, by=CHEN, at=AT)

    assert refused.value.fields == {"text": code}
    assert isinstance(refused.value.facts["line"], int)


def test_nobody_approves_what_he_proposed_himself() -> None:
    row = commands.propose_year(text=TEXT, by=CHEN, at=AT)

    with pytest.raises(NotPermitted) as refused:
        commands.approve_year(id=row.id, by=CHEN, at=AT)

    assert refused.value.facts["why"] == "second_person"


def test_a_second_person_puts_it_in_force_and_the_log_says_every_day(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.HOME = tmp_path
    text = TEXT.replace("2026-05-09", "2026-05-10")
    row = commands.propose_year(text=text, by=CHEN, at=AT)

    commands.approve_year(id=row.id, by=SECOND, at=AT)

    told = Event.objects.get(stream=row.id)
    assert (told.kind, told.data["year"], told.actor_id) == ("calendar.imported", 2026, SECOND.id)
    assert "2026-05-10" in told.data["on"]
    days = {str(day) for day in queries.workdays().on}
    assert "2026-05-10" in days
    assert "2026-05-09" not in days


def test_the_command_line_counts_by_it_as_well(  # type: ignore[no-untyped-def]
    settings, tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    settings.HOME = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        row = commands.propose_year(text=TEXT, by=SYSTEM, at=AT)
        commands.approve_year(id=row.id, by=SYSTEM, at=AT)

    assert (tmp_path / "calendar" / "2026.toml").read_text("utf-8") == TEXT


def test_two_proposals_for_a_year_do_not_wait_side_by_side() -> None:
    commands.propose_year(text=TEXT, by=CHEN, at=AT)

    with pytest.raises(Conflict):
        commands.propose_year(text=TEXT + "\n# anders", by=SECOND, at=AT)


def test_the_same_text_is_not_brought_in_twice() -> None:
    row = commands.propose_year(text=TEXT, by=CHEN, at=AT)
    commands.approve_year(id=row.id, by=SECOND, at=AT)

    with pytest.raises(Conflict):
        commands.propose_year(text=TEXT, by=CHEN, at=AT)


def test_what_was_dropped_is_not_approved_and_makes_room() -> None:
    row = commands.propose_year(text=TEXT, by=CHEN, at=AT)
    commands.drop_year(id=row.id, by=CHEN, at=AT)

    with pytest.raises(NotPossible):
        commands.approve_year(id=row.id, by=SECOND, at=AT)

    assert commands.propose_year(text=TEXT, by=CHEN, at=AT).id != row.id


def test_agents_keep_no_calendar_and_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotPermitted):
        commands.propose_year(text=TEXT, by=AGENT, at=AT)
    with pytest.raises(NotFound):
        commands.approve_year(id=1, by=CHEN, at=AT)


@pytest.mark.parametrize(
    ("month", "day", "alarm"),
    [(9, 30, ""), (10, 1, "warning"), (11, 30, "warning"), (12, 1, "error")],
)  # fmt: skip
def test_a_year_that_nobody_has_arranged_alarms_from_october_on(
    month: int, day: int, alarm: str
) -> None:
    assert queries.missing_year(datetime(2026, month, day, 4, tzinfo=UTC)) == alarm
    assert queries.missing_year(datetime(2025, month, day, 4, tzinfo=UTC)) == ""
