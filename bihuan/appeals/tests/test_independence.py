"""3.2(3): whoever touched the case, its team or the merchant does not look at it anew."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from bihuan.appeals import commands, queries, rules, tasks
from bihuan.appeals.models import Appeal
from bihuan.appeals.tests.people import (
    AT,
    DAY,
    HOUR,
    Court,
    appeal,
    court,
    decide,
    named,
    taken_up,
    told,
)
from bihuan.cases import commands as cases
from bihuan.cases.tests.people import FRIDAY, file, lawyer
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotIndependent, NotPermitted, NotPossible
from bihuan.events.models import Event
from bihuan.events.relay import drain

pytestmark = pytest.mark.django_db
SHOP = 4_000_001


@pytest.fixture
def there() -> Court:
    return court()


def test_3_02_the_reviewer_is_drawn_among_those_who_had_nothing_to_do_with_it(there):
    row = appeal(there, told(there))

    assert there.who(row.reviewer_id)
    against = {one.colleague.name: one.ties for one in queries.checked(row, AT)}
    assert against["法务何清"] == against["钟总"] == against["合规周"] == ()
    assert against["陈主管"] == ("team",)
    assert "波波" not in against  # an agent sits in no instance


def test_3_02_somebody_of_the_team_or_who_touched_the_case_is_refused_by_name(there):
    case = told(there)
    row = appeal(there, case)
    cases.note(number=case.number, text="看过了", by=there.chief, at=AT + HOUR)

    for staff, ties in ((there.home.chen, ["team"]), (there.chief, ["touched", "team"])):
        with pytest.raises(NotIndependent) as no:
            commands.appoint_reviewer(
                appeal=row.number, staff_id=staff.id, by=there.zhou, at=AT + HOUR
            )
        assert no.value.facts["ties"] == ties


def test_3_02_who_touches_the_case_after_being_named_decides_nothing(there):
    case = told(there)
    row = appeal(there, case)
    taken_up(there, named(there, row))
    cases.assign(
        number=case.number, owner_id=there.reviewer.id, reason="批量改派", by=there.home.chen,
        at=AT + HOUR,
    )  # fmt: skip

    with pytest.raises(NotIndependent) as no:
        decide(there, row)

    assert "touched" in no.value.facts["ties"]
    row.refresh_from_db()
    assert row.state == "in_review"


def test_3_02_the_database_itself_refuses_whoever_touched_the_case(there):
    row = appeal(there, told(there))

    for staff in (there.home.bo_bo, there.home.chen):
        with pytest.raises(IntegrityError, match="had to do with"), transaction.atomic():
            Appeal.objects.filter(id=row.id).update(reviewer_id=staff.id)


def test_3_02_a_merge_does_not_wash_anybody_clean(there):
    case = told(there)
    row = named(there, appeal(there, case))
    older = file(there.home, FRIDAY - DAY)
    cases.note(number=older.number, text="这件我处理过", by=there.reviewer, at=AT)
    cases.merge(number=case.number, into=older.number, by=there.home.bo_bo, at=AT)

    with pytest.raises(NotIndependent):
        taken_up(there, row)


def test_3_02_a_tie_to_the_merchant_counts_declared_or_by_work_of_the_last_year(there):
    case = told(there, merchant_id=SHOP)
    other = file(
        there.home, FRIDAY, merchant_id=SHOP, text="另一件：同一商家发错了颜色，要求换货。"
    )
    cases.assign(
        number=other.number, owner_id=there.reviewer.id, reason="转法务", by=there.home.chen, at=AT
    )
    row = appeal(there, case)

    assert queries.check(row, there.reviewer.id, AT) == ("merchant",)
    assert queries.check(row, there.reviewer.id, AT + 400 * DAY) == ()
    assert row.reviewer_id in (there.chief.id, there.zhou.id)


def test_nobody_independent_is_said_once_and_one_who_comes_is_drawn(there):
    for one in (there.reviewer, there.chief, there.zhou):
        gone(one)
    row = appeal(there, told(there))
    assert row.reviewer_id == 0
    assert Event.objects.filter(stream=row.case_id, kind="appeal.unreviewed").count() == 1

    newcomer = lawyer("法务新人")
    assert tasks.tend(AT + HOUR) == 1
    row.refresh_from_db()
    assert row.reviewer_id == newcomer.id


def gone(one: Actor) -> None:
    get_user_model().objects.filter(staff__id=one.id).update(is_active=False)


def test_only_the_named_reviewer_reviews(there):
    row = named(there, appeal(there, told(there)))

    with pytest.raises(NotPermitted) as no:
        commands.accept_appeal(appeal=row.number, text="我来看", by=there.chief, at=AT)

    assert no.value.facts["why"] == "not_the_reviewer"


def test_whoever_touched_the_case_names_nobody_else_either(there):
    row = appeal(there, told(there))

    with pytest.raises(NotIndependent):
        commands.appoint_reviewer(
            appeal=row.number, staff_id=there.reviewer.id, by=there.home.chen, at=AT
        )


def test_5_1_the_person_may_ask_for_another_reviewer_once(there):
    row = appeal(there, told(there))
    first = row.reviewer_id

    commands.object_to_reviewer(
        appeal=row.number, reason="他是商家的前同事", by=there.home.ai_li, at=AT + HOUR
    )
    drain(AT + HOUR)

    row.refresh_from_db()
    assert row.reviewer_id not in (0, first)
    with pytest.raises(NotPossible):
        commands.object_to_reviewer(
            appeal=row.number, reason="再换一个", by=there.home.ai_li, at=AT + 2 * HOUR
        )


def test_a_reviewer_who_steps_aside_is_not_drawn_again(there):
    row = appeal(there, told(there))
    first = there.who(row.reviewer_id)

    commands.recuse(appeal=row.number, reason="与商家负责人相识", by=first, at=AT + HOUR)
    drain(AT + HOUR)

    row.refresh_from_db()
    assert row.reviewer_id not in (0, first.id)


def test_the_lot_falls_on_those_with_the_least_to_do():
    three = [Actor(id, frozenset(), "legal") for id in (1, 2, 3)]

    assert rules.drawn(three, {1: 2, 2: 1, 3: 1}, 0) == 2
    assert {rules.drawn(three, {1: 2, 2: 1, 3: 1}, lot) for lot in range(9)} == {2, 3}
    assert rules.drawn([], {}, 5) == 0


def test_3_02_who_spoke_for_the_handlers_reviews_nothing_of_it(there):
    row = appeal(there, told(there))
    reviewer = there.who(row.reviewer_id)
    spoke = next(one for one in (there.chief, there.zhou) if one.id != reviewer.id)
    commands.add_to_appeal(
        appeal=row.number, text="处理时视频尚未上传。", by=there.home.chen, at=AT + HOUR
    )

    assert queries.check(row, there.home.chen.id, AT + HOUR) == ("touched", "team")
    assert queries.check(row, spoke.id, AT + HOUR) == ()
