"""The demo is a house that works: everything told, everything owed, everything provable."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from bihuan.accounts.identity import IdentityCheck
from bihuan.accounts.models import Person, Staff
from bihuan.cases import commands, queries
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.models import OPEN, Case, Clock, Entry, FollowUp
from bihuan.cases.tests.stories import said
from bihuan.cli import demo, loop
from bihuan.complaints import queries as complaints
from bihuan.complaints.models import Accountability
from bihuan.config.wiring import NOTICED
from bihuan.core.actors import SYSTEM
from bihuan.core.attribution import totals
from bihuan.demo.plans import CALM
from bihuan.demo.tests.conftest import AT, CALLED, CASES, Told
from bihuan.events import seals
from bihuan.events.models import DeadLetter, Event, Heard, Pending
from bihuan.notify.models import Message, Step
from bihuan.store import marks
from bihuan.web.words import due_moment
from tests.house.test_replay import retold, row

SOON, QUARTER = timedelta(minutes=1), timedelta(minutes=16)

pytestmark = pytest.mark.slow


def test_the_same_seed_tells_the_same_story(told: Told) -> None:
    assert len(told.story) == CASES + CALLED
    for one, other in zip(told.story, told.again, strict=True):
        assert one == other


def test_everything_that_happened_was_handed_on_and_nothing_is_dead(told: Told) -> None:
    assert not Pending.objects.exists()
    assert not DeadLetter.objects.exists()
    told_all = Heard.objects.filter(subscriber="bihuan.notify.tasks.told_all")
    meant = Event.objects.filter(kind__in=NOTICED)
    assert told_all.count() == meant.count() > CASES * 10


def test_every_message_has_left_and_a_few_letters_came_back(told: Told) -> None:
    waits = Message.objects.filter(state="queued").exclude(held="quiet")
    lost = Message.objects.filter(state__in=["dead", "unknown"])

    assert not waits.exists()
    assert {row.error for row in lost} == {"bounced 5.2.2"}


def test_the_log_is_whole(told: Told, tmp_path: Path) -> None:
    report = seals.verify_all(tmp_path)

    assert report.whole
    assert report.events == Event.objects.count()
    assert report.words > CASES


def test_the_loop_is_closed(told: Told) -> None:
    assert Case.objects.filter(state__in=OPEN).exists()
    assert list(queries.loop(AT)) == []


def test_cases_stand_at_every_stage(told: Told) -> None:
    stages = set(Case.objects.values_list("state", flat=True))
    said = set(Event.objects.values_list("kind", flat=True))

    assert {*OPEN, "closed", "archived", "merged"} - stages == set()
    assert {"case.withdrawn", "case.reopened"} - said == set()


def test_two_complaints_are_major_and_somebody_leads_them(told: Told) -> None:
    major = Case.objects.filter(severity="major")
    reviews = Event.objects.filter(kind="case.reviewed", stream__in=major.values("id"))

    assert major.count() == 2
    assert {review.stream for review in reviews if review.data["lead"]} == {c.id for c in major}


def test_every_breach_has_its_record_and_was_said_within_a_minute(told: Told) -> None:
    late = Clock.objects.filter(late_at__isnull=False, hard=True)
    records = Accountability.objects.values_list("case_id", "round", "milestone", "due_at")

    assert late.exists()
    assert set(late.values_list("case_id", "round", "milestone", "due_at")) == set(records)
    for record in Accountability.objects.all():
        assert timedelta() < record.opened_at - record.due_at <= SOON


def test_no_text_has_a_blank_left(told: Told) -> None:
    texts = [
        *Case.objects.values_list("subject", flat=True),
        *Case.objects.values_list("wish", flat=True),
        *Entry.objects.values_list("text", flat=True),
        *FollowUp.objects.values_list("what", flat=True),
        *Accountability.objects.values_list("cause", flat=True),
        *Accountability.objects.values_list("measure", flat=True),
        *Message.objects.values_list("subject", flat=True),
        *Message.objects.values_list("body", flat=True),
    ]

    assert [text for text in texts if "{" in text or "}" in text] == []


def test_the_log_of_a_case_runs_forward(told: Told) -> None:
    moments = defaultdict(list)
    for event in Event.objects.order_by("stream", "seq"):
        moments[event.stream].append(event.at)

    assert all(times == sorted(times) for times in moments.values())


def test_the_log_retells_the_row_of_every_case(told: Told) -> None:
    for case in Case.objects.all():
        assert retold(said(case)) == row(case), case.number


def test_2_11_the_attributed_time_of_every_case_sums_to_the_whole(told: Told) -> None:
    for case in Case.objects.all():
        found = totals(complaints.attributed(case, AT))
        whole = max(case.ended_at or AT, case.received_at) - case.received_at
        assert sum(found.values(), timedelta()) == whole, case.number


def test_a_notice_arrives_soon_after_what_it_tells_and_never_before(told: Told) -> None:
    at = {(event.stream, event.seq): event.at for event in Event.objects.all()}

    turned = Step.objects.filter(what__in=["fell_back", "resent"]).values("message_id")
    again = [
        key.rpartition(":")[0]
        for key in Message.objects.filter(id__in=turned).values_list("key", flat=True)
    ]

    for message in Message.objects.exclude(case_id=0).exclude(held="quiet"):
        if message.key.rpartition(":")[0] in again and message.channel != "inbox":
            continue  # it went once more, later, by the same way or another
        stream, seq = message.key.split(":")[0].split(".")
        happened = at[int(stream), int(seq)]
        patience = SOON if happened > AT - CALM else QUARTER
        assert message.created_at == happened
        assert message.sent_at is not None
        assert timedelta() <= message.sent_at - happened <= patience


def test_staff_have_read_what_is_older_than_some_days_and_not_what_is_new(told: Told) -> None:
    notices = Message.objects.filter(channel="inbox", staff_id__gt=0)
    unread, read = notices.filter(read_at=None), notices.exclude(read_at=None)

    assert unread.exists()
    assert read.exists()
    assert min(row.created_at for row in unread) > AT - timedelta(days=4)
    assert all(row.sent_at <= row.read_at <= AT for row in read)


def test_the_first_word_to_the_person_is_that_the_case_is_registered(told: Told) -> None:
    for case in Case.objects.all():
        mine = Message.objects.filter(case_id=case.id, person_id=case.person_id, channel="inbox")
        first = mine.earliest("sent_at")
        assert first.template == "registered"


def test_the_acknowledgement_names_the_due_that_ran_then(told: Told) -> None:
    moved = {"case.classified", "case.severity_set", "case.severity_approved", "case.merged"}
    changed = Event.objects.filter(kind__in=moved).values("stream")
    locales = dict(Person.objects.values_list("id", "locale"))
    checked = 0
    for case in Case.objects.filter(kind="complaint").exclude(id__in=changed):
        rows = Clock.objects.filter(case_id=case.id, round=1, hard=True)
        first = min(r.effective_due_at for r in rows if r.started_at == case.received_at)
        body = Message.objects.get(case_id=case.id, template="registered", channel="inbox").body
        with translation.override(locales[case.person_id]):
            assert due_moment(first, case.received_at) in body
        checked += 1
    assert checked > CASES // 3


def test_silence_closes_at_the_moment_the_person_was_told(told: Told) -> None:
    closed = Event.objects.filter(kind="case.closed_by_silence")

    assert closed.exists()
    for event in closed:
        promised = Event.objects.filter(stream=event.stream, kind="case.result_notified")
        assert event.at.isoformat() == promised.latest("seq").data["waits_until"]


def test_all_staff_sign_in_at_the_door_with_the_printed_password(told: Told) -> None:
    for one in told.sign_ins:
        if one.url == "/staff/login/":
            login, password = one.how.split(" / ")
            answer = Client().post(one.url, {"login": login, "password": password})
            assert (one.name, answer.status_code) == (one.name, 302)


def test_the_agent_finds_her_most_urgent_case_in_her_inbox(told: Told) -> None:
    lin = next(one for one in told.sign_ins if one.role == "agent")
    login, password = lin.how.split(" / ")
    hers = Case.objects.filter(owner_id=Staff.objects.get(name=lin.name).id, state__in=OPEN)
    client = Client()

    client.post(lin.url, {"login": login, "password": password})
    page = client.get("/desk/inbox/?view=mine")

    assert page.status_code == 200
    assert hers.order_by("rank", "sort_due_at", "id")[0].number in page.content.decode()


def test_the_next_complaint_of_a_visitor_comes_to_the_agent_whose_inbox_is_open(told: Told) -> None:
    lin = Staff.objects.get(name="林悦")
    filing = Filing(
        kind="complaint", channel="web", text="加水后漏水，商家不管。",
        issue="product_quality", contact=Contact(phone="13800000001"),
    )  # fmt: skip
    queries.forget_loads()

    with transaction.atomic():
        owners = [commands.file(filing=filing, by=SYSTEM, at=AT).case.owner_id for _ in range(2)]
        transaction.set_rollback(True)
    queries.forget_loads()

    assert owners == [lin.id, lin.id]


def test_a_database_with_cases_is_left_alone(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Case.objects.count()

    assert demo.run(["--cases", "5"]) == 1

    said = capsys.readouterr()
    assert "holds cases already; nothing was added" in said.err
    assert said.out == ""
    assert Case.objects.count() == before == CASES + CALLED


def test_the_table_of_sign_ins_names_everybody_of_the_contract(told: Told) -> None:
    lines = demo.table(told.sign_ins).splitlines()

    names = ["爱丽", "悦居家电", "林悦", "陈主管", "何清", "顾宁", "宋平", "文静", "安然"]
    assert len(lines) == len(names)
    assert all(name in line for name, line in zip(names, lines, strict=True))
    assert all("http" in line for line in lines)


def test_the_loop_is_proved_closed_from_the_command_line(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loop.run(["--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "closed": True, "gaps": [], "held_mails": [], "withheld_calls": 0,
    }  # fmt: skip


def test_a_demo_that_was_loaded_to_its_end_carries_no_mark(told: Told) -> None:
    with connection.cursor() as cursor:
        assert marks.read(cursor, marks.DEMO_BEGUN) is None


def test_some_have_said_who_they_are_and_one_waits(told: Told) -> None:
    states = Counter(IdentityCheck.objects.values_list("state", flat=True))

    assert states == {"verified": 3, "refused": 1, "waiting": 1}
    assert not IdentityCheck.objects.filter(state="verified", number__isnull=False).exists()
