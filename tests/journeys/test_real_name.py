"""1.2 (1): who somebody is, asked for before accepting, declared, checked, and never a dead end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries
from bihuan.accounts.commands import Contact
from bihuan.accounts.identity import IdentityCheck
from bihuan.accounts.models import Reveal
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import LONG_AGO, House
from bihuan.core.actors import SYSTEM
from bihuan.events.models import DeadLetter, Event
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.policy import queries as policies
from tests.house import addresses

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
NUMBER = "11010519491231002X"
PAGE = "/me/identity/"
GOOD = {
    "act": "declare",
    "document": "id_card",
    "name": "王爱丽",
    "number": NUMBER,
    "consent": "on",
}
TAKEN = {"text": "已受理，先核对账户资料。"}


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.UNDO_SECONDS = 0


@pytest.fixture
def house() -> House:
    home = people.house()
    accounts.create_staff(
        name="顾宁", username="顾宁", roles=["privacy_officer"], department="legal",
        by=SYSTEM, at=LONG_AGO,
    )  # fmt: skip
    return home


def filed(house: House) -> Case:
    """爱丽 rang up an hour ago: her account is restricted."""
    return people.file(
        house, NOW - timedelta(hours=1), kind="account_problem", issue="account_restriction",
        channel="phone",
    )  # fmt: skip


def doors(house: House, guest_of: int = 0) -> dict[str, Client]:
    return addresses.callers(house, guest_of) | {"privacy": addresses.staff("顾宁")}


def page(client: Client, address: str, code: int = 200, **posted: str) -> str:
    answer = client.post(address, posted) if posted else client.get(address)
    assert answer.status_code == code, answer.content.decode()[-600:]
    return answer.content.decode()


def do(client: Client, case: Case, action: str, code: int = 302, **given: str) -> str:
    return page(client, f"{case.desk_url}do/{action}/", code, **({"x": ""} | given))


def demand(tmp_path: Path, level: str) -> None:
    """The platform demands more before it gives an account back."""
    for name, text in loader.files(loader.CURRENT).items():
        if name == loader.HEADER:
            text = text.replace('= "2025"', '= "2025b"').replace("= 2025-01-01", "= 2025-06-01")
        text = text.replace('level  = "contact"', f'level  = "{level}"')
        (tmp_path / name).write_text(text, "utf-8")
    policy.activate(path=tmp_path, by=SYSTEM, at=LONG_AGO)
    policies.forget()


def test_1_05_1_2_a_case_is_accepted_once_the_contact_is_proven(house: House):
    case, at = filed(house), doors(house)
    agent, customer = at["agent"], at["customer"]

    shown = page(agent, case.desk_url)
    assert "受理前须请用户验证联系方式" in shown
    refused = do(agent, case, "accept", 409, **TAKEN)
    assert "受理前须请用户验证联系方式（1.2）" in refused
    assert "已受理，先核对账户资料。" in refused  # what was written is kept
    do(agent, case, "ask_identity")
    drain(NOW)
    [told] = Message.objects.filter(template="identity_asked", channel="inbox")
    assert f"{PAGE}?case={case.number}" in told.body
    assert "受理前，请您验证联系方式" in page(customer, case.url)

    mail = Contact(email="ai.li@example.com")
    accounts.update_contact(
        person_id=house.ai_li.id, contact=mail, proved=True, by=house.ai_li, at=NOW
    )
    assert "需要的已经齐了" in page(customer, f"{PAGE}?case={case.number}")
    assert "受理前，请您" not in page(customer, case.url)
    do(agent, case, "accept", **TAKEN)

    case.refresh_from_db()
    assert case.state == "accepted"
    assert not DeadLetter.objects.exists()


def test_1_05_1_2_a_supervisor_goes_on_without_it_and_says_why(house: House):
    case, at = filed(house), doors(house)

    do(at["agent"], case, "waive_identity", 403, reason="用户很着急")
    do(at["supervisor"], case, "waive_identity", 422, reason="")
    do(at["supervisor"], case, "waive_identity", reason="用户已在柜台出示证件")
    do(at["agent"], case, "accept", **TAKEN)

    case.refresh_from_db()
    assert case.state == "accepted"
    assert Event.objects.filter(stream=case.id, kind="case.identity_waived").count() == 1
    assert "用户已在柜台出示证件" in page(at["agent"], case.desk_url)
    assert "柜台" not in page(at["customer"], f"{case.url}timeline/")


def test_1_05_1_2_a_declared_name_is_checked_and_the_case_accepted(house: House, tmp_path: Path):
    demand(tmp_path, "verified")
    case, at = filed(house), doors(house)
    customer, privacy = at["customer"], at["privacy"]

    page(customer, PAGE, 302, case=case.number, **GOOD)
    mine = page(customer, f"{PAGE}?case={case.number}")
    assert "王**" in mine
    assert NUMBER not in mine
    drain(NOW)
    [asked] = Message.objects.filter(template="identity_waiting")
    check = IdentityCheck.objects.get()
    assert (check.purpose, check.basis) == ("account_handover", "contract")
    assert f"/desk/identities/{check.id}/" in asked.body

    listed = page(privacy, "/desk/identities/")
    address = f"/desk/identities/{check.id}/"
    assert address in listed
    assert NUMBER not in listed
    do(at["agent"], case, "accept", 409, **TAKEN)
    page(privacy, address, 409, act="verify", way="papers")
    page(privacy, address, 422, act="see", reason="看")
    seen = page(privacy, address, act="see", reason="核对证件照片")
    assert NUMBER in seen
    assert "王爱丽" in seen
    assert NUMBER not in page(privacy, address)
    page(privacy, address, 422, act="verify", way="")
    page(privacy, address, 302, act="verify", way="papers")
    drain(NOW)

    assert Reveal.objects.filter(field="identity").count() == 1
    assert Message.objects.filter(template="identity_verified", person_id=house.ai_li.id).exists()
    assert not Message.objects.filter(body__contains=NUMBER).exists()
    assert "已核验" in page(at["agent"], case.desk_url)
    do(at["agent"], case, "accept", **TAKEN)
    assert not DeadLetter.objects.exists()


def test_1_05_1_2_a_refused_name_is_told_why_and_may_be_declared_again(house: House):
    at = doors(house)
    page(at["customer"], PAGE, 302, **GOOD)
    address = f"/desk/identities/{IdentityCheck.objects.get().id}/"
    page(at["privacy"], address, act="see", reason="核对证件照片")

    page(at["privacy"], address, 302, act="refuse", reason="mismatch")

    mine = page(at["customer"], PAGE)
    assert "姓名与证件号码对不上" in mine
    assert "提交申报" in mine
    page(at["customer"], PAGE, 302, **GOOD)
    page(at["privacy"], address, 409, act="refuse", reason="mismatch")  # it was decided already


def test_1_05_3_3_what_was_declared_is_taken_back_as_easily_as_given(house: House):
    at = doors(house)
    page(at["customer"], PAGE, 302, **GOOD)

    page(at["customer"], PAGE, 302, act="withdraw")

    assert queries.level(house.ai_li.id) == "contact"
    assert "已撤回" in page(at["customer"], f"{PAGE}?done=gone")
    page(at["customer"], PAGE, 409, act="withdraw")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "110105194912310021"}, "号码的校验位不对"),
        ({"number": "1" * 10_000}, "最多 40 个字"),
        ({"name": "王"}, "请写完整的姓名"),
        ({"name": "王😀明"}, "请按证件填写姓名"),
        ({"name": "王" * 10_000}, "最多 50 个字"),
        ({"name": "", "number": ""}, "请填写这一项"),
        ({"consent": ""}, "须经您单独同意"),
        ({"document": "badge"}, "请从给出的选项中选择"),
    ],
)
def test_1_05_1_2_what_is_wrong_is_said_beside_the_field(
    house: House, changes: dict[str, str], said: str
):
    answer = page(doors(house)["customer"], PAGE, 422, **(GOOD | changes))

    assert said in answer
    assert "错误：" in answer
    assert not IdentityCheck.objects.exists()
    kept = (GOOD | changes)["name"]
    assert not kept or f'value="{kept}"' in answer


def test_1_05_1_2_a_second_declaration_waits_for_the_first(house: House):
    at = doors(house)
    page(at["customer"], PAGE, 302, **GOOD)

    answer = page(at["customer"], PAGE, 409, **GOOD)

    assert "请看下面最新的状态" in answer
    assert IdentityCheck.objects.count() == 1


def test_1_05_3_3_nobody_else_sees_or_decides(house: House):
    case = filed(house)
    at = doors(house, guest_of=case.id)
    page(at["customer"], PAGE, 302, **GOOD)
    check = IdentityCheck.objects.get()

    for who in ("agent", "supervisor", "administrator", "colleague"):
        for address in ("/desk/identities/", f"/desk/identities/{check.id}/"):
            page(at[who], address, 403)
        page(at[who], f"/desk/identities/{check.id}/", 403, act="verify", way="papers")
        assert "/desk/identities/" not in page(at[who], "/desk/more/")
    for who in ("customer", "stranger"):
        page(at[who], f"/desk/identities/{check.id}/", 404)
    page(at["nobody"], PAGE, 302)
    page(at["guest"], PAGE, 302)  # let in to one case by its number, not signed in
    stranger = page(at["stranger"], f"{PAGE}?case={case.number}")
    assert "王" not in stranger
    assert "需要的已经齐了" not in stranger  # of a case that is not theirs nothing is told
    assert "受理前" not in stranger.split("<h1")[1].split("<form")[0].replace("受理前才会", "")
    page(at["privacy"], "/desk/identities/1/", 404)


def test_1_05_1_2_nobody_checks_their_own(house: House):
    mail = Contact(email="gu.ning@example.com")
    accounts.update_contact(
        person_id=house.ai_li.id, contact=mail, proved=True, by=house.ai_li, at=NOW
    )
    at = doors(house)
    page(at["customer"], PAGE, 302, **GOOD)
    check = IdentityCheck.objects.get()
    get_user_model().objects.filter(username="顾宁").update(email="gu.ning@example.com")

    for posted in (
        {"act": "see", "reason": "核对证件照片"},
        {"act": "verify", "way": "papers"},
        {"act": "refuse", "reason": "mismatch"},
    ):
        answer = page(at["privacy"], f"/desk/identities/{check.id}/", 403, **posted)
        assert "不能核验自己的实名" in answer
