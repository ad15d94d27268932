"""WeChat, from the first word to the answer that comes back (6.08; 1.3, 2.4.1, 6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.accounts.models import Person
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import proven
from bihuan.core.actors import Actor
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from bihuan.notify.tests import weixin as weixins
from bihuan.wechat.rules import envelope
from bihuan.wechat.tests import chat
from tests.journeys.walk import DAY, Walk, plain

if TYPE_CHECKING:
    from bihuan.notify.tests.weixin import Weixin

pytestmark = pytest.mark.django_db
COMPLAINT = "我要投诉：收到的破壁机底座开裂，商家拒绝退货。"


@pytest.fixture
def weixin(settings: Any) -> Iterator[Weixin]:
    """An account at a WeChat on this machine, in secure mode."""
    with weixins.running() as server:
        settings.WECHAT = chat.account(url=server.url, aes_key=chat.AES_KEY, name="优选商城服务")
        yield server


def says(walk: Walk, text: str) -> str:
    """爱丽's WeChat says it, encrypted through the door; what she reads at once."""
    raw = chat.xml("text", walk.at, Content=text)
    sealed = envelope.sealed(chat.AES_KEY, raw, weixins.APP_ID, b"0123456789abcdef")
    stamp = str(int(walk.at.timestamp()))
    signed = envelope.signature(chat.TOKEN, stamp, "n", sealed)
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
    answer = chat.posted(body, walk.at, nonce="n", stamp=stamp, msg_signature=signed)
    assert answer.status_code == 200, answer.content
    if answer.content == b"success":
        return ""
    given = envelope.fields(answer.content)["Encrypt"]
    read = envelope.fields(envelope.opened(chat.AES_KEY, given, weixins.APP_ID))
    return read["Content"]


def told(walk: Walk, weixin: Weixin) -> None:
    walk.until(walk.at)
    weixin.now = walk.at
    notices.send_wechat(walk.at)


def test_6_08_1_3_2_4_1_a_word_in_weixin_is_a_case_and_its_answer_comes_back_there(
    walk: Walk, weixin: Weixin
):
    weixin.spoke[weixins.OPENID] = walk.at
    said = says(walk, COMPLAINT)
    case = Case.objects.get()
    assert case.number in said
    bo_bo = walk.home.bo_bo
    assert "微信" in walk.see(bo_bo, case.desk_url)
    assert weixins.OPENID not in walk.client(bo_bo).get(case.desk_url).content.decode()

    walk.later(timedelta(minutes=20))
    walk.did(bo_bo, case, "answer", text="您的问题是底座开裂，下一步请发一张照片。")
    told(walk, weixin)

    words = weixin.said[-1]["text"]["content"]
    assert f"有新答复：{case.number}" in words
    assert "请发一张照片" in words
    (link,) = re.findall(r"/s/[\w-]+/", words)
    stranger = walk.client(Actor(0, frozenset()))
    assert "只打开这一个案件" in plain(stranger.get(link))
    assert case.number in plain(stranger.post(link, follow=True))
    says(walk, "照片我晚上发")
    assert Entry.objects.filter(case_id=case.id, text="照片我晚上发").count() == 1


def test_6_08_2_4_1_after_48_hours_the_template_says_which_case_and_nothing_of_it(
    walk: Walk, weixin: Weixin
):
    weixin.spoke[weixins.OPENID] = walk.at
    says(walk, COMPLAINT)
    case = Case.objects.get()
    told(walk, weixin)
    weixin.now += 3 * DAY
    walk.later(3 * DAY)
    before = len(weixin.said)
    walk.did(walk.home.bo_bo, case, "answer", text="您的问题是底座开裂，下一步由商家退款。")

    told(walk, weixin)

    assert len(weixin.said) == before
    late = weixin.templates[-1]
    assert late["data"]["character_string2"]["value"] == case.number
    assert "/s/" in late["url"]
    assert "底座" not in str(late)


def test_6_08_2_4_1_who_left_is_told_by_the_next_way_and_the_desk_sees_it(
    walk: Walk, weixin: Weixin
):
    weixin.spoke[weixins.OPENID] = walk.at
    ai_li = walk.home.ai_li
    proven(ai_li)  # she has an address too
    page = plain(walk.send(ai_li, "/settings/wechat/"), "main")
    (code,) = re.findall(r"绑定 (\d{4} \d{4})", page)
    assert "公众号“优选商城服务”" in page
    assert "微信已绑定" in says(walk, f"绑定 {code}")
    assert "微信（已绑定）" in walk.see(ai_li, "/settings/")
    walk.send(ai_li, "/settings/", {"locale": "zh-hans", "tell_by": "wechat", "then": "email"})
    case = walk.called()
    weixin.gone.add(weixins.OPENID)

    told(walk, weixin)

    rows = Message.objects.filter(case_id=case.id, template="registered")
    found = dict(rows.values_list("channel", "state"))
    assert found["wechat"] == "dead"
    assert found.keys() - {"inbox", "wechat"}, "no other way was taken"
    walk.send(ai_li, "/settings/wechat/", {"act": "unbind"})
    assert "微信（已绑定）" not in walk.see(ai_li, "/settings/")
    assert Person.objects.get(id=ai_li.id).tell_by != "wechat"


def test_6_08_without_an_account_there_is_no_weixin_anywhere(walk: Walk):
    assert "微信" not in walk.see(walk.home.ai_li, "/settings/")
    assert walk.client(walk.home.ai_li).get("/settings/wechat/").status_code == 404
    asked = walk.client(walk.home.bo_bo).get(f"{walk.called().desk_url}decide/").content.decode()
    assert 'value="wechat"' not in asked
    assert 'value="push"' not in asked
