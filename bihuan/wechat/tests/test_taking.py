"""6.08 (1.3): what is written in WeChat is one case with its clocks, however often it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.accounts.commands import Contact
from bihuan.accounts.models import Person
from bihuan.cases import commands as cases
from bihuan.cases.commands import Filing
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests import people as house
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.notify.models import Message
from bihuan.notify.tests.weixin import OPENID
from bihuan.store.blocks import new_id
from bihuan.wechat import queries
from bihuan.wechat.models import Follower, Received
from bihuan.wechat.tests.chat import Phone, xml

COMPLAINT = "我要投诉：收到的破壁机底座开裂，商家拒绝退货。"


def texts(case: Case) -> list[str]:
    return list(Entry.objects.filter(case_id=case.id).order_by("id").values_list("text", flat=True))


def test_6_08_a_message_opens_a_case_that_counts_from_when_weixin_took_it(phone: Phone):
    answer = phone.says(COMPLAINT)

    case = Case.objects.get()
    assert (case.channel, case.kind, case.state) == ("wechat", "complaint", "filed")
    assert case.received_at == phone.at
    assert texts(case) == [COMPLAINT]
    assert f"编号 {case.number}" in answer
    assert "/s/" in answer


@pytest.mark.parametrize(
    "said",
    [
        "请回电 \u202a139 0000 2718\u202c，谢谢",  # as a telephone's address book copies a number
        "\u2066请回电 139 0000 2718，谢谢\u2069\x7f",
    ],
)
def test_6_08_marks_that_nobody_sees_keep_no_words_from_their_case(phone: Phone, said: str):
    answer = phone.says(said)

    case = Case.objects.get()
    assert f"编号 {case.number}" in answer
    assert phone.last.state == "opened"
    assert texts(case)[0].startswith("请回电")
    assert texts(case)[0].endswith("谢谢")


def test_6_08_words_that_complain_of_nothing_are_an_enquiry(phone: Phone):
    phone.says("请问发票怎么开？")

    assert Case.objects.get().kind == "enquiry"


def test_6_08_who_goes_on_speaking_goes_on_in_the_same_case(phone: Phone):
    phone.says(COMPLAINT)
    soon = phone.says("订单是上周下的")
    later = phone.says("有人看到了吗", after=3600)

    case = Case.objects.get()
    assert texts(case) == [COMPLAINT, "订单是上周下的", "有人看到了吗"]
    assert soon == ""
    assert later == f"已加到 {case.number}。另有别的事，请先回复“新问题”。"


def test_n35_the_same_message_three_times_is_one_entry_and_the_same_answer(phone: Phone):
    raw = xml("text", phone.at, Content=COMPLAINT)
    first, *others = [phone.sends(raw).partition("http")[0] for _ in range(3)]

    assert others == [first, first]
    assert Case.objects.count() == Entry.objects.count() == Received.objects.count() == 1


def test_two_messages_of_a_newcomer_at_once_are_one_person_and_one_case(
    fresh_db: object, at_once: Callable[..., None], settings: object
):
    from bihuan.wechat.tests import chat

    settings.WECHAT = chat.account()  # type: ignore[attr-defined]
    house.house()
    pairs = [xml("text", FRIDAY, Content=f"{COMPLAINT}{n}") for n in range(4)]

    at_once(*(lambda raw=raw: Phone(FRIDAY).sends(raw) for raw in pairs))

    assert Case.objects.count() == 1
    assert Entry.objects.count() == 4
    assert Person.objects.filter(wechat_index__isnull=False).count() == 1


def test_6_08_another_matter_is_another_case_when_it_is_said_so(phone: Phone):
    phone.says(COMPLAINT)
    assert "请直接写下" in phone.says("新问题")
    phone.says("还想问一下积分什么时候到账")
    phone.says("大概几天？")

    first, second = Case.objects.order_by("id")
    assert texts(first) == [COMPLAINT]
    assert texts(second) == ["还想问一下积分什么时候到账", "大概几天？"]


def test_6_08_a_message_that_names_a_case_goes_there_and_else_to_what_was_told_last(phone: Phone):
    phone.says(COMPLAINT)
    phone.says("新问题")
    phone.says("积分什么时候到账")
    first, second = Case.objects.order_by("id")

    phone.says(f"关于 {first.number} 我补充一下")
    phone.says("还有一句", after=700)
    told_of(second, phone)
    phone.says("好的谢谢")

    assert texts(first)[1:] == [f"关于 {first.number} 我补充一下", "还有一句"]
    assert texts(second)[1:] == ["好的谢谢"]


def told_of(case: Case, phone: Phone) -> None:
    """An answer about this case went out by WeChat."""
    phone.at += timedelta(minutes=1)
    Message.objects.create(
        id=new_id(phone.at), key="k:wechat", template="answered", channel="wechat",
        person_id=case.person_id, case_id=case.id, subject="s", body="b", state="sent",
        created_at=phone.at, sent_at=phone.at,
    )  # fmt: skip


def test_6_08_after_the_end_of_a_case_a_message_opens_another(phone: Phone):
    phone.says(COMPLAINT)
    case = Case.objects.get()
    by = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    cases.withdraw(number=case.number, by=by, at=phone.at)

    phone.says("又坏了，我要投诉")

    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("location", {"Label": "中山路1号", "Location_X": "23.1", "Location_Y": "113.3"}, "位置："),
        ("link", {"Title": "商品", "Url": "https://mall.example/1"}, "https://mall.example/1"),
        ("voice", {"MediaId": "v", "Recognition": "我的包裹丢了"}, "（语音）我的包裹丢了"),
        ("voice", {"MediaId": "v"}, "没有识别出文字"),
        ("sticker", {}, "读不出"),
    ],
)
def test_6_08_whatever_it_was_the_case_says_so_in_words(
    phone: Phone, kind: str, more: dict[str, str], said: str
):
    phone.says(kind=kind, **more)

    assert said in texts(Case.objects.get())[0]


def test_6_08_where_things_stand_is_answered_with_a_link_for_that_one_case(phone: Phone):
    assert "没有正在办理" in phone.says("进度")
    phone.says(COMPLAINT)

    answer = phone.says("", "event", Event="CLICK", EventKey="progress")

    case = Case.objects.get()
    assert case.number in answer
    token = answer.partition("/s/")[2].rstrip("/")
    lent = people.lent(token, phone.at)
    assert (lent.person_id, lent.case_id) == (case.person_id, case.id)


def test_who_leaves_is_told_nothing_there_until_they_come_back(phone: Phone):
    assert "请直接写下您的问题" in phone.says("", "event", Event="subscribe", EventKey="qrscene_1")
    assert not Person.objects.filter(wechat_index__isnull=False).exists()
    phone.says(COMPLAINT)
    person = Case.objects.get().person_id
    assert people.contact(person, "wechat") == OPENID

    assert phone.says("", "event", Event="unsubscribe") == ""
    assert people.contact(person, "wechat") is None

    phone.says("我回来了")
    assert people.contact(person, "wechat") == OPENID


def test_3_3_an_openid_stands_nowhere_in_clear_and_what_came_is_forgotten_once_it_is_done(
    phone: Phone,
):
    phone.says(COMPLAINT)

    row = Person.objects.get(wechat_index__isnull=False)
    kept = [bytes(row.wechat), bytes(Follower.objects.get().index), bytes(phone.last.key)]
    assert all(OPENID.encode() not in one for one in kept)
    assert phone.last.raw is None
    assert row.tell_by == "wechat"


def test_what_fails_for_a_reason_of_ours_is_kept_and_taken_when_it_is_mended(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
):
    def broken(**_: object) -> None:
        raise RuntimeError("a fault of the house")

    with monkeypatch.context() as patched:
        patched.setattr("bihuan.wechat.commands.taking.cases.file", broken)
        assert phone.says(COMPLAINT) == ""
    assert not Case.objects.exists()
    assert phone.last.raw is not None
    late = queries.channel_standing(phone.at + timedelta(hours=1))
    assert late
    assert (late.waiting, late.reason) == (1, "not_taken")
    assert late.failing_since == phone.at

    assert phone.waits(40) == 1

    assert texts(Case.objects.get()) == [COMPLAINT]
    assert phone.last.raw is None


def test_what_can_never_be_taken_holds_up_no_other_message(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
):
    opens = cases.file

    def broken(filing: Filing, **rest: Any) -> cases.Filed:
        if filing.text == COMPLAINT or phone.at == began:
            raise RuntimeError("a fault of the house")
        return opens(filing=filing, **rest)

    began = phone.at + timedelta(minutes=1)
    monkeypatch.setattr("bihuan.wechat.commands.taking.cases.file", broken)
    phone.says(COMPLAINT)
    phone.says("另一件事：发票抬头错了", after=0)

    assert phone.waits(40) == 1

    assert texts(Case.objects.get()) == ["另一件事：发票抬头错了"]


def test_the_standing_says_when_something_came_last(phone: Phone):
    before = queries.channel_standing(phone.at)
    assert before
    assert before.alive_at is None
    phone.says(COMPLAINT)

    found = queries.channel_standing(phone.at)

    assert found
    assert (found.alive_at, found.waiting) == (phone.at, 0)


def test_a_person_known_by_more_than_weixin_is_not_taken_over(home: House, phone: Phone):
    stranger = accounts.register_person(contact=Contact(phone="13800001111"), at=phone.at)
    accounts.bind_wechat(openid=OPENID, person_id=stranger, by=SYSTEM, at=phone.at)

    phone.says(COMPLAINT)

    assert Case.objects.get().person_id == stranger
