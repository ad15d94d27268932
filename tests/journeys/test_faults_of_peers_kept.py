"""Faults seen in other systems about rules, the log and erasing: ours told as stories.

What counts time: test_faults_of_peers.py.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.db.utils import Error

from bihuan.__main__ import COMMANDS
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, TEXT
from bihuan.events import seals
from bihuan.events.models import Event
from bihuan.store import secrets
from tests.house import source
from tests.journeys.handbooks import another
from tests.journeys.walk import DAY, HOUR, faults, plain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def published(walk: Walk, **rule: Any) -> None:
    """陈主管 publishes one routing rule."""
    saved = walk.send(walk.home.chen, "/desk/routing/rules/new/", {"seen": 0, **rule})
    assert saved.status_code == 302, faults(saved)
    done = walk.send(walk.home.chen, "/desk/routing/try/", {"seen": 1, "reason": "法务人手充足"})
    assert done.status_code == 302, faults(done)


LIMITS = {"channels": ["phone"], "categories": ["service_quality"], "words": "开裂"}


@pytest.mark.parametrize(
    ("changes", "department"),
    [
        ({}, "legal"),
        ({"channel": "web"}, "customer_service"),
        ({"category": "system_tech"}, "technology"),
        ({"subject": "破壁机", "text": "加水后漏水，商家拒绝退货。"}, "customer_service"),
    ],
    ids=["all of them", "another channel", "another category", "other words"],
)
def test_a_rule_that_is_limited_reaches_nothing_beyond_its_limits(
    walk: Walk, changes: dict[str, str], department: str
):
    """django-helpdesk's exclusions name queues, and its escalation never read them."""
    published(walk, name="法务", department="legal", **LIMITS)

    number = walk.api.file(**{"channel": "phone"} | changes)

    assert Case.objects.get(number=number).department == department


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("configured", [False, True])
def test_of_two_switches_each_is_asked_for_itself(
    walk: Walk, tmp_path: Path, allowed: bool, configured: bool
):
    """osTicket returned `flags && FLAG`: true as soon as any other flag of the record was set."""
    here = 'configured = false\nallowed    = true\nlegal_note = "L-12"'
    said = f"configured = {configured}\nallowed = {allowed}".lower() + '\nlegal_note = "L-12"'
    head = 'id         = "market_regulator"'

    def agencies(text: str) -> str:
        before, _, one = text.partition(head)
        return f"{before}{head}{one.replace(here, said)} "

    another(tmp_path, FRIDAY - DAY, agencies=agencies)

    walk.at = FRIDAY
    assert ("12315" in walk.see(walk.home.ai_li, "/pledge/")) is (allowed and configured)


CLEANING = [
    "DELETE FROM events_event",
    "UPDATE events_event SET data = '{}'",
    "TRUNCATE events_event",
    "DROP TABLE events_event",
    "ALTER TABLE events_event DISABLE TRIGGER ALL",
    "ALTER TABLE events_event DISABLE TRIGGER events_event_only_grows",
    "DROP TRIGGER events_event_only_grows ON events_event",
    "ALTER TABLE events_event OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN OLD; END $$",
    "CREATE RULE quiet AS ON INSERT TO events_event DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    "DELETE FROM events_dayseal",
]


@pytest.mark.parametrize("statement", CLEANING)
def test_the_program_may_neither_clean_the_log_nor_switch_it_off(walk: Walk, statement: str):
    """Zammad's AuditLog.cleanup destroys entries, and AuditLog.suspend stops writing them."""
    walk.called()
    before = Event.objects.count()

    with (
        pytest.raises(Error, match=r"permission denied|must be (able to|owner)|must be member"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.count() == before > 0


def test_the_guards_of_the_log_stand_whatever_a_session_is_set_to(db: None):
    """Zammad switches its audit log off in code: ours is guarded ALWAYS, and nothing acts above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid IN ('events_event'::regclass, 'events_dayseal'::regclass)"
        )
        guards = dict(cursor.fetchall())
        cursor.execute(
            "SELECT proname FROM pg_proc JOIN pg_namespace AS here ON here.oid = pronamespace"
            " WHERE nspname = 'public' AND prosecdef AND prosrc ~* 'events_(event|dayseal)'"
        )
        with_its_owners_right = cursor.fetchall()
        cursor.execute(
            "SELECT rolsuper, pg_has_role(current_user, relowner, 'USAGE')"
            " FROM pg_roles, pg_class WHERE rolname = current_user AND relname = 'events_event'"
        )
        is_somebody = cursor.fetchall()

    assert len(guards) == 4
    assert set(guards.values()) == {"A"}
    assert with_its_owners_right == []
    assert is_somebody == [(False, False)]


_UNSAYS = re.compile(
    r"(DELETE\s+FROM|UPDATE|TRUNCATE(\s+TABLE)?)\s+events_(event|dayseal)|DISABLE\s+TRIGGER"
    r"|SET\s+(LOCAL\s+)?session_replication_role",
    re.IGNORECASE,
)


def test_no_command_and_no_line_of_code_takes_an_event_back():
    """Zammad has a job that does, every day; here there is none to be called."""
    found = [
        f"{module.place}:{text.lineno}"
        for module in source.modules()
        for text in source.strings(module.tree)
        if _UNSAYS.search(str(text.value))
    ]
    found += [place for module in source.modules() for place in _taken_back(module)]
    found += [path.name for path in source.PACKAGE.rglob("*.sql") if _UNSAYS.search(_read(path))]

    assert found == []
    assert not [name for name in COMMANDS if re.search("clean|purge|prune|vacuum|suspend", name)]


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _taken_back(module: source.Module) -> list[str]:
    """`Event.objects….delete()` and its like, and `.delete()` of what is called an event."""
    return [
        f"{module.place}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"delete", "update", "bulk_update", "update_or_create", "_raw_delete"}
        and re.match(r"(Event|DaySeal)\.objects\b|event\b", ast.unparse(node.func.value))
    ]


#: what the desk shows of her before
MARKS = ("爱*", "139****2718")
SECRETS = ("爱丽", "13900002718", "13812345678", "1381234", "aili@example.com")


def erased(walk: Walk) -> Case:
    """爱丽 called, was answered, wrote; her keys are destroyed."""
    case = walk.called(text=f"{TEXT}请打 13812345678 找我。")
    walk.at = FRIDAY + HOUR
    walk.did(walk.home.bo_bo, case, "answer", text="底座开裂属于质量问题，正在核实。")
    walk.asked(case, "message", text="我的邮箱是 aili@example.com。")
    walk.until(FRIDAY + 2 * HOUR)
    seen = walk.see(walk.home.bo_bo, case.desk_url)
    assert all(mark in seen for mark in MARKS)
    assert secrets.destroy(case.person_id, at=walk.at)
    return case


def test_erasing_a_person_keeps_the_case_and_its_chain(walk: Walk, tmp_path: Path):
    """Zammad deletes every ticket of a customer who is deleted."""
    case = erased(walk)
    walk.later()

    page = walk.see(walk.home.bo_bo, case.desk_url)
    assert case.number in page
    assert "底座开裂属于质量问题" in page
    assert seals.verify_all(tmp_path).faults == []
    walk.handled(case)
    assert walk.told(case).state == "notified"  # what is owed to an erased person is done too
    assert seals.verify_all(tmp_path).faults == []


def test_nothing_the_product_knows_of_an_erased_person_is_shown_anywhere(walk: Walk):
    """RT anonymises the record of the user, and the bodies of the messages keep the name.

    Name and contact, and every phone and mail address that stood in words: sealed by the key
    that is gone. A name that somebody typed into a sentence is no field, and stays.
    """
    case = erased(walk)
    walk.later()
    tabs = ("", "?tab=files", "?tab=findings", "?tab=clocks", "?tab=log", "print/")

    pages = [walk.see(walk.home.bo_bo, f"{case.desk_url}{tab}") for tab in tabs]
    pages += [walk.letters(walk.home.bo_bo), walk.see(walk.home.bo_bo, "/desk/inbox/")]
    pages += [str(walk.api.get(f"/cases/{case.number}{part}").json()) for part in
              ("", "/entries", "/events", "/clocks")]  # fmt: skip

    for page in pages:
        assert not [mark for mark in (*MARKS, *SECRETS) if mark in page]
    shown = walk.send(walk.home.chen, f"{case.desk_url}reveal/", {"reason": "核对联系方式"})
    assert "姓名 — 手机号 — 电子邮箱 —" in plain(shown, "main")
