"""6.08 (2.4.1): notices by WeChat's own protocol: its token, its hours, and who may not be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers.wechat import TEXT_MOST, Line, Wechat
from bihuan.notify.tests import weixin as weixins
from bihuan.notify.tests.weixin import APP_ID, OPENID, SECRET, TEMPLATE, Weixin

LINK = "http://mall.example/s/Zm9yLW9uZS1jYXNlLW9ubHk/"
NOTE = Outgoing(
    to=OPENID,
    subject="有新答复：TS2026021300000018",
    body=f"关于 TS2026021300000018：商家已同意退款，三天内到账。\n回复或查看全部往来：{LINK}",
    key="1.1:answered:p7:wechat",
    link=LINK,
)


@dataclass
class Kept:
    """One token for everybody, in memory."""

    given: str = ""
    faults: list[str] = field(default_factory=list)

    def token(self) -> str:
        return self.given

    def keep(self, token: str, seconds: int) -> None:
        assert seconds == weixins.LIFE
        self.given = token

    def failed(self, said: str) -> None:
        self.faults.append(said)


@pytest.fixture
def weixin() -> Iterator[Weixin]:
    with weixins.running() as server:
        yield server


def plug(
    weixin: Weixin, kept: Kept | None = None, template: str = TEMPLATE, secret: str = SECRET
) -> Wechat:
    line = Line(app_id=APP_ID, secret=secret, keeper=kept or Kept(), url=weixin.url, timeout=2)
    fields = {"thing1": "title", "character_string2": "number"}
    return Wechat(line=line, at=weixin.now, template=template, fields=fields)


def test_within_48_hours_the_words_go_and_later_a_title_and_a_link_alone(weixin: Weixin):
    plug(weixin).send(NOTE)
    weixin.now += timedelta(hours=48, seconds=1)
    receipt = plug(weixin).send(NOTE)

    (said,), (late,) = weixin.said, weixin.templates
    assert said["text"]["content"] == f"{NOTE.subject}\n{NOTE.body}"
    assert receipt == "template 1"
    assert late["url"] == LINK
    assert late["data"] == {
        "thing1": {"value": "有新答复"}, "character_string2": {"value": "TS2026021300000018"},
    }  # fmt: skip
    assert "退款" not in str(late)


def test_words_that_are_too_long_are_cut_and_the_link_never(weixin: Weixin):
    plug(weixin).send(replace(NOTE, body="退款" * 600))

    said = weixin.said[0]["text"]["content"]
    assert len(said.encode()) <= TEXT_MOST
    assert said.endswith(f"……\n{LINK}")


def test_a_token_is_fetched_once_for_all_and_again_when_it_is_over(weixin: Weixin):
    kept = Kept()
    plug(weixin, kept).send(NOTE)
    plug(weixin, kept).send(NOTE)
    assert weixin.asked.count("/cgi-bin/stable_token") == 1

    weixin.end_token()
    plug(weixin, kept).send(NOTE)

    assert len(weixin.said) == 3
    assert weixin.asked.count("/cgi-bin/stable_token") == 2


def test_a_token_that_weixin_itself_still_hands_out_but_no_longer_takes_is_forced_anew(
    weixin: Weixin,
):
    kept = Kept(given="token-of-another-day")
    weixin.tokens = ["token-of-another-day"]
    line = plug(weixin, kept).line
    weixin.refuses["/cgi-bin/message/custom/send"] = 40001

    answer = line.call("/cgi-bin/message/custom/send", {"touser": OPENID})

    assert answer["errcode"] == 40001
    assert kept.given not in ("", "token-of-another-day")


def test_a_wrong_secret_is_our_fault_is_remembered_and_the_message_waits(weixin: Weixin):
    kept = Kept()
    with pytest.raises(NoAnswer, match="40125 invalid appsecret"):
        plug(weixin, kept, secret="another").send(NOTE)

    assert kept.faults == ["40125 invalid appsecret,"]


def test_who_left_or_was_blocked_or_is_nobody_is_not_tried_again(weixin: Weixin):
    for change in (weixin.gone, weixin.blocked):
        change.add(OPENID)
        with pytest.raises(Undeliverable):
            plug(weixin).send(NOTE)
        change.clear()
    for nobody in ("o" * 28, "", "not an openid"):
        with pytest.raises(Undeliverable):
            plug(weixin).send(replace(NOTE, to=nobody))

    assert weixin.said == weixin.templates == []


def test_after_five_without_a_word_of_theirs_the_template_goes(weixin: Weixin):
    for n in range(6):
        plug(weixin).send(replace(NOTE, key=f"{n}"))

    assert (len(weixin.said), len(weixin.templates)) == (5, 1)


def test_without_a_template_what_is_too_late_says_so(weixin: Weixin):
    weixin.now += timedelta(days=3)
    with pytest.raises(Undeliverable, match=r"45015 .*no template"):
        plug(weixin, template="").send(NOTE)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (45009, NoAnswer),  # the calls of a day: the rest would fare no better
        (45011, NoAnswer),
        (40164, NoAnswer),  # our address is not on their list
        (-1, ReplyLost),
        (43101, Undeliverable),
    ],
)
def test_a_refusal_is_about_the_person_or_about_us(
    weixin: Weixin, code: int, fault: type[Exception]
):
    weixin.refuses["/cgi-bin/message/custom/send"] = code

    with pytest.raises(fault) as told:
        plug(weixin).send(NOTE)

    assert told.type is fault
    assert str(told.value) == f"{code} refused"


def test_after_a_lost_reply_a_template_points_to_the_words_and_goes_once(weixin: Weixin):
    weixin.loses = 1
    with pytest.raises(ReplyLost):
        plug(weixin).send(NOTE)

    for _ in range(2):
        plug(weixin).send(replace(NOTE, again=True))

    assert (len(weixin.said), len(weixin.templates)) == (1, 1)


def test_a_picture_is_fetched_as_it_was_sent_and_one_that_is_gone_is_gone(weixin: Weixin):
    line = plug(weixin).line
    weixin.media["m1"] = ("image/jpeg", b"\xff\xd8\xff picture")

    found = line.media("m1", most=100)

    assert (found.data, found.name) == (b"\xff\xd8\xff picture", "MEDIA_ID.jpg")
    with pytest.raises(ValueError, match="too_large"):
        line.media("m1", most=5)
    with pytest.raises(Undeliverable, match="40007"):
        line.media("m2", most=100)


def test_nobody_listening_is_no_answer():
    with weixins.running() as gone:
        provider = plug(gone)
    with pytest.raises(NoAnswer):
        provider.send(NOTE)
