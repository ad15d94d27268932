"""Who may be given a case: present, not away, in a shift, and qualified (1.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bihuan.accounts import commands, queries
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db

#: Friday 2026-02-13 16:00 in Shanghai
FRIDAY = datetime(2026, 2, 13, 8, tzinfo=UTC)
TODAY = date(2026, 2, 13)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = {"by": SYSTEM, "at": FRIDAY}


@pytest.fixture
def lin() -> Actor:
    made = commands.create_staff(
        name="林悦", username="lin", roles=["agent"], department="legal", **WHO
    )
    return Actor(made.id, frozenset({Role.AGENT}), "legal", "林悦")


def there(at: datetime = FRIDAY) -> list[tuple[int, bool]]:
    return [(hand.id, hand.on_shift) for hand in queries.hands("legal", at)]


def test_1_3_without_shifts_somebody_is_on_duty_whenever_present(lin):
    assert there() == [(lin.id, True)]

    commands.set_on_duty(staff_id=lin.id, on_duty=False, **WHO)
    assert there() == []


@pytest.mark.parametrize(
    ("shift", "hours", "on_shift"),
    [
        ((5, 540, 1080), 0, True),  # Friday 9:00-18:00, at 16:00
        ((5, 540, 960), 0, False),  # ends at 16:00: that minute is not in it
        ((5, 960, 1080), 0, True),
        ((4, 540, 1080), 0, False),  # Thursday's
        ((5, 1320, 360), 0, False),  # Friday 22:00 to Saturday 6:00 has not begun
        ((5, 1320, 360), 6, True),  # at 22:00
        ((5, 1320, 360), 13, True),  # at 5:00 on Saturday
        ((5, 1320, 360), 14, False),  # at 6:00
        ((7, 1320, 360), 58, True),  # Sunday night runs into Monday, 2:00
    ],
)
def test_1_3_a_shift_is_of_a_weekday_and_its_minutes_in_shanghai(lin, shift, hours, on_shift):
    commands.set_shifts(staff_id=lin.id, shifts=[shift], **WHO)

    assert there(FRIDAY + hours * HOUR) == [(lin.id, on_shift)]
    assert (lin.id in queries.on_duty_ids(FRIDAY + hours * HOUR)) is on_shift


def test_1_3_who_is_away_is_given_nothing_on_those_days_and_everything_after(lin):
    commands.mark_absent(
        staff_id=lin.id, first_on=TODAY, last_on=TODAY + DAY, reason="sick", by=lin, at=FRIDAY
    )

    assert [len(there(FRIDAY + n * DAY)) for n in (0, 1, 2)] == [0, 0, 1]
    said = Event.objects.get(kind="staff.absent").data
    assert (said["staff"], said["reason_code"]) == (lin.id, "sick")


def test_1_3_back_early_means_on_duty_again(lin):
    away = commands.mark_absent(
        staff_id=lin.id, first_on=TODAY, last_on=TODAY + DAY, reason="leave", by=lin, at=FRIDAY
    )

    commands.end_absence(absence_id=away.id, by=lin, at=FRIDAY + HOUR)

    assert there(FRIDAY + HOUR) == [(lin.id, True)]


@pytest.mark.parametrize(
    ("first", "last", "field", "why"),
    [
        (0, -1, "last_on", "before_its_start"),
        (-3, -2, "last_on", "in_the_past"),
        (0, 400, "last_on", "over_a_year"),
        (1, 3, "first_on", "already_absent"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(lin, first, last, field, why):
    commands.mark_absent(
        staff_id=lin.id, first_on=TODAY + DAY, last_on=TODAY + DAY, reason="leave", **WHO
    )

    with pytest.raises(Invalid) as refused:
        commands.mark_absent(
            staff_id=lin.id, first_on=TODAY + first * DAY, last_on=TODAY + last * DAY,
            reason="leave", **WHO,
        )  # fmt: skip

    assert refused.value.fields == {field: why}


def test_1_3_without_a_valid_qualification_nobody_is_given_cases_of_a_department(lin):
    commands.set_demands(department="legal", names=["法律职业资格"], **WHO)
    before = there()
    commands.set_qualification(
        staff_id=lin.id, kind="skill", name="法律职业资格", **WHO
    )  # being good at it is not being allowed to
    skilled = there()
    commands.set_qualification(
        staff_id=lin.id, kind="qualification", name="法律职业资格", valid_until=TODAY, **WHO
    )

    assert (before, skilled, there()) == ([], [], [(lin.id, True)])
    assert there(FRIDAY + DAY) == []  # its last day was yesterday

    commands.set_qualification(
        staff_id=lin.id, kind="qualification", name="法律职业资格", **WHO
    )  # renewed for good
    assert there(FRIDAY + DAY) == [(lin.id, True)]
    assert queries.rosters(TODAY)[lin.id].lacking(["法律职业资格"], TODAY) == []


def test_a_skill_that_was_withdrawn_or_is_over_counts_no_more(lin):
    for name, until in (("英语", None), ("粤语", TODAY - DAY)):
        commands.set_qualification(
            staff_id=lin.id, kind="skill", name=name, valid_until=until, by=SYSTEM, at=FRIDAY - DAY
        )
    (hand,) = queries.hands("legal", FRIDAY)
    english = next(q for q in queries.rosters(TODAY)[lin.id].held if q.name == "英语")
    commands.drop_qualification(qualification_id=english.id, **WHO)
    (later,) = queries.hands("legal", FRIDAY)

    assert (hand.skills, later.skills) == (frozenset({"英语"}), frozenset())


@pytest.mark.parametrize("shifts", [[(8, 0, 60)], [(1, 60, 60)], [(1, 0, 60), (1, 0, 90)]])
def test_a_shift_that_cannot_be_is_refused(lin, shifts):
    with pytest.raises(Invalid):
        commands.set_shifts(staff_id=lin.id, shifts=shifts, **WHO)


def test_only_a_supervisor_plans_others_and_everybody_their_own_absence(lin):
    other = commands.create_staff(name="何清", username="he", roles=["agent"], **WHO)
    plan = {"staff_id": other.id, "by": lin, "at": FRIDAY}

    for forbidden in (
        lambda: commands.set_shifts(shifts=[], **plan),
        lambda: commands.mark_absent(first_on=TODAY, last_on=TODAY, reason="leave", **plan),
        lambda: commands.set_qualification(kind="skill", name="英语", **plan),
        lambda: commands.set_demands(department="legal", names=[], by=lin, at=FRIDAY),
    ):
        with pytest.raises(NotPermitted):
            forbidden()
