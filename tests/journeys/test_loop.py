"""The loop as a whole: people are told, breaches are answered for, no case falls out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import handled, told
from bihuan.complaints.models import Accountability
from bihuan.core.actors import SYSTEM
from bihuan.events.models import DeadLetter, Pending
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from bihuan.notify.tasks import send_inbox

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def bodies(case: Case) -> list[str]:
    return list(
        Message.objects.filter(case_id=case.id, person_id=case.person_id, channel="inbox")
        .order_by("id")
        .values_list("body", flat=True)
    )


def test_1_07_the_acknowledgement_states_number_clause_and_due_time():
    home = house()

    case = file(home)
    drain(FRIDAY)

    [body] = bodies(case)
    assert case.number in body
    assert "1.4" in body
    assert "14日 16:00" in body
    assert not Pending.objects.exists()


def test_2_14_every_step_is_told_and_nothing_becomes_a_dead_letter():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    commands.confirm(number=case.number, by=home.ai_li, at=FRIDAY + 3 * HOUR)

    drain(FRIDAY + 3 * HOUR)

    said = "\n".join(bodies(case))
    assert not DeadLetter.objects.exists()
    assert "支持退货退款，运费由商家承担。" in said
    assert "三天内确认退款到账" in said
    assert "全额退款 329.00 元" in said
    assert "裂纹，商家未提供出厂检验记录" not in said  # a finding is internal


def test_2_13_a_breach_opens_one_accountability_record_with_the_one_who_held_the_case():
    home = house()
    case = file(home)

    for hours in (25, 26):
        tasks.sweep(FRIDAY + hours * HOUR)
        drain(FRIDAY + hours * HOUR)

    rows = Accountability.objects.filter(case_id=case.id).order_by("milestone")
    assert [(r.milestone, r.staff_id, r.department, r.due_at) for r in rows] == [
        ("case.first_response", home.bo_bo.id, "customer_service", FRIDAY + 24 * HOUR),
        ("case.initial_solution_sent", home.bo_bo.id, "customer_service", FRIDAY + 24 * HOUR),
    ]
    assert Message.objects.filter(case_id=case.id, staff_id=home.bo_bo.id).exists()


def test_the_loop_is_closed_until_an_owner_is_taken_away_by_hand():
    home = house()
    case, other = file(home), file(home)
    drain(FRIDAY)
    send_inbox(FRIDAY)
    later = FRIDAY + HOUR

    before = list(queries.loop(later))
    Case.objects.filter(id=case.id).update(owner_id=0)
    after = list(queries.loop(later))

    assert before == []
    assert [(g.number, g.why) for g in after] == [(case.number, "no_owner")]
    assert other.number != case.number


def test_the_loop_names_a_case_without_a_next_date_and_one_nobody_was_told_of():
    home = house()
    case, other = file(home), file(home)
    drain(FRIDAY)
    send_inbox(FRIDAY)
    Case.objects.filter(id=case.id).update(next_due_at=None)
    Message.objects.filter(case_id=other.id).delete()

    gaps = {(g.number, g.why) for g in queries.loop(FRIDAY + HOUR)}

    assert gaps == {(case.number, "no_next_date"), (other.number, "no_notice")}


def test_every_open_state_has_a_next_date():
    home = house()
    case = file(home)
    states = {}
    for action in ("file", "handle", "tell"):
        if action == "handle":
            handled(home, case)
        if action == "tell":
            told(home, case)
        row = Case.objects.get(id=case.id)
        states[row.state] = row.next_due_at or row.waits_until

    assert set(states) == {"filed", "accepted", "notified"}
    assert all(states.values())
    assert SYSTEM.voice == "system"
