"""6.08 (1.2, 6.4): which account of ours a WeChat is, said by a code, with a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.cases.models import Case
from bihuan.cases.tests import people as house
from bihuan.cases.tests.people import House
from bihuan.core.refusals import NotFound
from bihuan.events.models import Event
from bihuan.notify.tests.weixin import OPENID
from bihuan.wechat import commands
from bihuan.wechat.tests.chat import Phone


def bind(home: House, phone: Phone) -> str:
    return phone.says(f"绑定 {commands.new_code(by=home.ai_li, at=phone.at)}")


def test_6_08_after_a_code_what_is_written_is_hers_and_what_was_open_stays_told(
    home: House, phone: Phone
):
    phone.says("我要投诉，破壁机底座开裂")
    before = Case.objects.get()

    assert "微信已绑定" in bind(home, phone)
    phone.says("补充一句")
    phone.says("新问题")
    phone.says("积分什么时候到账")

    old, new = Case.objects.order_by("id")
    assert (old.id, new.person_id) == (before.id, home.ai_li.id)
    assert people.contact(before.person_id, "wechat") == OPENID
    assert people.contact(home.ai_li.id, "wechat") == OPENID
    assert Event.objects.filter(kind="person.wechat_bound", stream=home.ai_li.id).count() == 1


def test_6_08_what_she_files_elsewhere_goes_on_in_weixin(home: House, phone: Phone):
    case = house.file(home)
    bind(home, phone)

    phone.says(f"{case.number} 我的照片发给你们")

    assert Case.objects.count() == 1


def test_6_08_the_way_back_gives_the_openid_to_who_wrote_before(home: House, phone: Phone):
    phone.says("我要投诉，破壁机底座开裂")
    before = Case.objects.get().person_id
    bind(home, phone)
    accounts.set_preferences(person_id=home.ai_li.id, tell_by="wechat", by=home.ai_li, at=phone.at)

    commands.unbind(by=home.ai_li, at=phone.at)

    assert people.contact(home.ai_li.id, "wechat") is None
    assert people.shown([home.ai_li.id], home.ai_li)[home.ai_li.id].tell_by == "sms"
    phone.says("我再说一句")
    assert [case.person_id for case in Case.objects.all()] == [before]
    with pytest.raises(NotFound):
        commands.unbind(by=home.ai_li, at=phone.at)


def test_a_code_is_good_once_for_ten_minutes_and_only_the_newest(home: House, phone: Phone):
    first = commands.new_code(by=home.ai_li, at=phone.at)
    second = commands.new_code(by=home.ai_li, at=phone.at)
    assert "绑定码不对" in phone.says(f"绑定 {first}")
    assert "绑定码不对" in phone.says(f"绑定 {second}", after=601)

    third = commands.new_code(by=home.ai_li, at=phone.at)
    assert "微信已绑定" in phone.says(f"绑定 {third}", after=30)
    stranger = Phone(phone.at, openid="o" * 28)
    assert "绑定码不对" in stranger.says(f"绑定 {third}")


def test_who_guesses_is_heard_five_times_an_hour(home: House, phone: Phone):
    code = commands.new_code(by=home.ai_li, at=phone.at)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    answers = [phone.says(f"绑定 {wrong}", after=1) for _ in range(5)]
    assert all("不对" in one for one in answers)

    assert "次数太多" in phone.says(f"绑定 {code}", after=1)
    assert people.contact(home.ai_li.id, "wechat") is None

    phone.at += timedelta(hours=1)
    assert "微信已绑定" in bind(home, phone)


def test_a_weixin_of_another_account_must_be_let_go_there_first(home: House, phone: Phone):
    bind(home, phone)

    answer = phone.says(f"绑定 {commands.new_code(by=home.ding, at=phone.at)}")

    assert "另一个账户" in answer
    assert people.contact(home.ding.id, "wechat") is None
