"""A level of identity may be demanded before accepting; clocks run, and nobody is stuck (1.2 ①)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Need
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House, proven
from bihuan.cases.tests.stories import DAY, HOUR, dues, met, missed, on, said, words
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotPermitted, NotPossible, NotReady
from bihuan.events.models import DeadLetter, Event
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.policy import queries as policies
from bihuan.policy.faults import PolicyFault
from tests.house.test_replay import retold, row

pytestmark = pytest.mark.django_db
LOCKED_OUT = {"kind": "account_problem", "issue": "account_restriction", "channel": "phone"}
ID = {"document": "id_card", "name": "王爱丽", "number": "11010519491231002X", "consent": True}
TAKEN = "已受理，先核对账户资料。"


@pytest.fixture
def home() -> House:
    return people.house()


def locked_out(home: House) -> Case:
    """爱丽 rings up: her account is restricted. Nobody knows that it is she."""
    return people.file(home, **LOCKED_OUT)


def demanding(tmp_path: Path, level: str) -> House:
    """A platform whose owner demands more before an account is given back."""
    home = people.house()
    for name, text in loader.files(loader.CURRENT).items():
        if name == loader.HEADER:
            text = text.replace('= "2025"', '= "2025b"').replace("= 2025-01-01", "= 2025-06-01")
        if name == "identity.toml":
            text = text.replace('level  = "contact"', f'level  = "{level}"', 1)
        (tmp_path / name).write_text(text, "utf-8")
    policy.activate(path=tmp_path, by=SYSTEM, at=FRIDAY - 30 * DAY)
    policies.forget()
    return home


def test_accepting_names_the_level_that_is_missing_and_its_clause(home: House):
    case = locked_out(home)

    with pytest.raises(NotReady) as refused:
        commands.accept(**on(case, home.bo_bo), text=TAKEN)

    assert refused.value.clause == "1.2"
    assert refused.value.facts["missing"] == ["identity_contact"]
    case.refresh_from_db()
    assert case.state == "filed"


def test_such_a_case_is_registered_and_its_clocks_run_and_are_missed(home: House):
    case = locked_out(home)
    plain = people.file(home, **(LOCKED_OUT | {"issue": "membership"}), external_id="2")

    tasks.sweep(FRIDAY + 25 * HOUR)

    assert case.number
    assert dues(case) == dues(plain)
    assert missed(case) == missed(plain) != []


def test_once_the_contact_is_proven_it_is_accepted(home: House):
    case = locked_out(home)
    commands.ask_identity(**on(case, home.bo_bo))

    proven(home.ai_li)
    accepted = commands.accept(**on(case, home.bo_bo), text=TAKEN)

    assert accepted.state == "accepted"
    assert Need.objects.get(case_id=case.id).met_at == FRIDAY + HOUR
    assert "complaint.accepted" not in {milestone for milestone, _ in dues(case)} - met(case)


def test_a_case_that_nothing_is_demanded_for_costs_no_query_more(
    home: House, django_assert_num_queries
):
    case = people.file(home)

    with django_assert_num_queries(0):
        assert queries.needed(case, "accept") == []
    commands.accept(**on(case, home.bo_bo), text=TAKEN)


def test_another_sort_of_case_is_free_of_it(home: House):
    case = locked_out(home)
    commands.classify(
        **on(case, home.bo_bo), kind="account_problem", issue="membership", reason="是会员问题"
    )

    assert commands.accept(**on(case, home.bo_bo), text=TAKEN).state == "accepted"


def test_the_person_is_asked_once_and_told_why_and_where(home: House):
    case = locked_out(home)

    commands.ask_identity(**on(case, home.bo_bo))
    drain(FRIDAY + HOUR)

    with pytest.raises(NotPossible):
        commands.ask_identity(**on(case, home.bo_bo))
    [event] = said(case, "case.identity_asked")
    assert (event.data["level"], event.data["purpose"]) == ("contact", "account_handover")
    told = Message.objects.get(template="identity_asked", channel="inbox")
    assert told.person_id == home.ai_li.id
    assert "账户要交到本人手里" in told.body
    assert f"/me/identity/?case={case.number}" in told.body
    assert not DeadLetter.objects.exists()


def test_whoever_waits_is_told_once_that_it_can_be_accepted(home: House):
    case = locked_out(home)
    commands.ask_identity(**on(case, home.bo_bo))
    proven(home.ai_li)
    accounts.declare_identity(**ID, by=home.ai_li, at=FRIDAY + HOUR)

    drain(FRIDAY + HOUR)

    [told] = Message.objects.filter(template="identity_reached")
    assert (told.staff_id, case.number in told.body) == (case.owner_id, True)
    assert not DeadLetter.objects.exists()


def test_nobody_is_asked_for_what_is_known(home: House):
    proven(home.ai_li)
    case = locked_out(home)

    for act in (
        lambda: commands.ask_identity(**on(case, home.bo_bo)),
        lambda: commands.waive_identity(**on(case, home.chen), reason="电话里核对过"),
    ):
        with pytest.raises(NotPossible):
            act()


def test_a_supervisor_goes_without_it_for_a_reason_that_stays(home: House):
    case = locked_out(home)
    commands.ask_identity(**on(case, home.bo_bo))

    commands.waive_identity(**on(case, home.chen), reason="用户已在柜台出示证件")
    accepted = commands.accept(**on(case, home.bo_bo), text=TAKEN)

    assert accepted.state == "accepted"
    [event] = said(case, "case.identity_waived")
    assert event.actor_id == home.chen.id
    assert event.data["words"]
    assert "柜台" not in str(event.data)
    assert row(Case.objects.get(id=case.id)) == retold(said(case))


def test_an_agent_does_not_go_without_it(home: House):
    case = locked_out(home)

    with pytest.raises(NotPermitted):
        commands.waive_identity(**on(case, home.bo_bo), reason="用户很着急")


def test_steps_are_offered_only_where_they_help(home: House):
    wanted = {"ask_identity", "waive_identity"}

    def offered(case: Case, by: Actor) -> set[str]:
        return {step.action for step in queries.offered(case, by)} & wanted

    case = locked_out(home)
    assert offered(case, home.chen) == wanted
    assert offered(case, home.bo_bo) == {"ask_identity"}
    commands.ask_identity(**on(case, home.bo_bo))
    assert offered(case, home.chen) == {"waive_identity"}
    proven(home.ai_li)
    assert offered(case, home.chen) == set()
    assert offered(people.file(home, external_id="2"), home.chen) == set()


def test_many_at_once_are_refused_by_the_same_rule(home: House):
    case = locked_out(home)

    with pytest.raises(NotReady):
        commands.take("accept", number=case.number, raw={"text": TAKEN}, by=home.bo_bo, at=FRIDAY)


@pytest.mark.parametrize("level", ["declared", "verified"])
def test_a_platform_may_demand_more(tmp_path: Path, level: str):
    home = demanding(tmp_path, level)
    case = locked_out(home)
    proven(home.ai_li)

    with pytest.raises(NotReady) as refused:
        commands.accept(**on(case, home.bo_bo), text=TAKEN)
    assert refused.value.facts["missing"] == [f"identity_{level}"]

    check = accounts.declare_identity(**ID, purpose="account_handover", by=home.ai_li, at=FRIDAY)
    if level == "verified":
        lawyer = people.lawyer("何清")
        gu_ning = Actor(lawyer.id, frozenset({Role.PRIVACY_OFFICER}))
        accounts.open_identity(id=check.id, reason="核对证件", by=gu_ning, at=FRIDAY + HOUR)
        accounts.verify_identity(id=check.id, way="papers", by=gu_ning, at=FRIDAY + HOUR)
    assert commands.accept(**on(case, home.bo_bo), text=TAKEN).state == "accepted"


def test_a_case_stays_under_the_text_it_was_filed_under(tmp_path: Path):
    home = people.house()
    case = locked_out(home)
    proven(home.ai_li)

    for name, text in loader.files(loader.CURRENT).items():
        if name == loader.HEADER:
            text = text.replace('= "2025"', '= "2026"').replace("= 2025-01-01", "= 2026-02-14")
        (tmp_path / name).write_text(text.replace('level  = "contact"', 'level  = "verified"'))
    policy.activate(path=tmp_path, by=SYSTEM, at=FRIDAY)
    policies.forget()

    assert commands.accept(**on(case, home.bo_bo), text=TAKEN).state == "accepted"


def test_a_demand_on_what_cannot_be_filed_is_refused_by_name():
    texts = loader.files(loader.CURRENT)
    wrong = texts["identity.toml"].replace('"payment_error"]', '"payment_eror"]')

    with pytest.raises(PolicyFault, match="payment_eror") as refused:
        loader.read(texts | {"identity.toml": wrong})

    assert refused.value.file == "identity.toml"


def test_a_version_from_before_demands_were_written_down_still_reads():
    texts = loader.files(loader.CURRENT)

    assert not loader.read({n: t for n, t in texts.items() if n != "identity.toml"}).demands


def test_the_note_of_a_waiver_is_internal(home: House):
    case = locked_out(home)

    commands.waive_identity(**on(case, home.chen), reason="用户已在柜台出示证件")

    assert words(case).internal
    assert not Event.objects.filter(stream=case.id, kind="case.identity_asked").exists()
