"""What a person newly wrote is parted from what the mail program quoted, and nothing is lost."""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.quoting import Stretch, folded, own_words

ASKED = "您好，我们已收到您的投诉，请补充订单号。\n客服小闭"
MARKED = "> 您好，我们已收到您的投诉。\n> 请补充订单号。\n"


def written(table: str) -> list[str]:
    """One text a line of the table, or more between ` / `; ¶ is a line's end in it."""
    lines = table.strip().splitlines()
    return [one.replace("¶", "\n") for line in lines for one in line.split(" / ")]


# what Chinese mail programs put beneath an answer: A for what was asked, M for it with marks
PROGRAMS = """
At 2025-11-03 15:20:11, "闭环客服" <kefu@example.com> wrote:¶M
在 2025-11-03 15:20:11，"闭环客服" <kefu@example.com> 写道：¶M
---- 回复的原邮件 ----¶| 发件人 | 客服<kefu@example.com> |¶| 日期 | 2025年11月03日 15:20 |¶\
| 收件人 | 我<me@example.com> |¶| 主题 | 投诉受理 |¶A
------------------ 原始邮件 ------------------¶发件人: "客服"<kefu@example.com>;¶\
发送时间: 2025年11月3日(星期一) 下午3:20¶收件人: "我"<me@example.com>;¶主题: 投诉受理¶¶A
原始邮件¶发件人：客服 <kefu@example.com>¶发件时间：2025年11月3日 15:20¶收件人：我¶主题：受理¶¶A
> 在 2025年11月3日，下午3:20，闭环客服 <kefu@example.com> 写道：¶> ¶M
在 2025年11月3日 星期一 下午3:20，闭环客服 <kefu@example.com> 写道：¶A
闭环客服 <kefu@example.com> 于2025年11月3日周一 15:20写道：¶¶M
闭环客服（投诉受理与协调中心）¶<kefu@example.com> 于2025年11月3日周一 15:20写道：¶¶M
在 2025/11/3 15:20, 闭环客服 写道:¶M
________________________________¶发件人: 闭环客服 <kefu@example.com>¶\
发送时间: 2025年11月3日 15:20¶收件人: 我 <me@example.com>¶主题: 投诉受理¶¶A
发件人: 客服 [mailto:kefu@example.com]¶发送时间: 2025年11月3日¶收件人: 我¶抄送: 值班¶主题: 受理¶¶A
发件人：闭环客服 发送时间：2025年11月3日 15:20 收件人：我 主题：投诉受理¶A
-----邮件原件-----¶发件人: 闭环客服¶发送时间: 2025年11月3日¶收件人: 我¶主题: 受理¶¶A
¶ ¶发件人： 闭环客服¶发送时间： 2025-11-03 15:20¶收件人： 我¶主题： 投诉受理¶A
--------------------------------¶发件人：闭环客服 <kefu@example.com>¶\
日　期：2025年11月03日 15:20:11¶收件人：<me@example.com>¶主　题：受理¶¶A
-----原始邮件-----¶发件人:客服 <kefu@example.com>¶发送时间:2025-11-03 15:20:11¶主题: 受理¶¶A
从我的华为手机发送¶-------- 原始邮件 --------¶发件人： 客服¶日期： 2025年11月3日¶主题： 受理¶A
---- 在 星期一, 03 十一月 2025 15:20:11 +0800 客服 <kefu@example.com> 写道 ----¶A
开始转发的邮件：¶¶发件人: 闭环客服¶主题: 受理¶日期: 2025年11月3日¶¶A
---------- 转发的邮件 ---------¶发件人： 客服¶日期： 2025年11月3日¶主题： 受理¶¶A
寄件者: 閉環客服 <kefu@example.com>¶寄件日期: 2025年11月3日¶收件者: 我¶主旨: 受理¶¶請補充訂單號。
閉環客服 <kefu@example.com> 於 2025年11月3日 週一 下午3:20寫道：¶¶M
在 2025年11月3日 15:20，闭环客服 <⟦k***@example.com|12⟧> 写道：¶A
On Mon, Nov 3, 2025 at 3:20 PM 客服 <⟦k***@example.com|12⟧> wrote:¶M
发自我的iPhone¶¶> 在 2025年11月3日，15:20，客服 <kefu@example.com> 写道：¶M
发自我的小米手机 / 来自网易邮箱大师 / --¶张三 / --¶张三¶示例科技有限公司¶电话：010-62345678
| |¶张三¶|¶|¶邮箱：me@example.com¶|¶签名由 网易邮箱大师 定制
——————¶张三 | 采购部¶地址：北京市海淀区示例路1号¶电话：010-62345678
________¶本邮件及附件含有保密信息，仅限于收件人使用。禁止任何其他人使用。
"""
ANSWERS = (
    "订单号是 20251103004512，请尽快退款。",
    "我不同意你们的处理结果。\n\n11月3日，客服写道：不支持退货。可是页面上写着七天无理由！\n\n此致\n敬礼",
    "1、商品有划痕；\n2、快递员态度恶劣。\n----\n以上两点请分别答复，谢谢。",
)


@pytest.mark.parametrize("answer", ANSWERS, ids=("short", "story", "ruled"))
@pytest.mark.parametrize("program", written(PROGRAMS))
def test_a_reply_in_chinese_is_parted_from_what_it_quotes(program, answer):
    quoted = program.removesuffix("A").removesuffix("M")
    quoted += {"A": ASKED, "M": MARKED}.get(program[-1], "")

    text = f"{answer}\n\n{quoted}"

    assert own_words(text) == answer
    assert "".join(one.words for one in folded(text)) == text


# what a person may well write, though it looks like a program's work
WHOLE = """
在11月3日，客服写道：您的退款已受理。¶然而到今天也没有到账，请核实。
在2025年11月3日下午3:20，客服小王写道：¶您的退款将在三天内到账。¶可是一周过去了！
在2025年11月3日，客服（⟦138****5678|1234⟧）写道：¶马上退款。¶之后再无消息。
我收到一封诈骗邮件。¶发件人：所谓“闭环客服”¶它让我转账，请你们查一查。
诈骗邮件的内容如下：¶发件人：客服 <x@example.com>¶发送时间：2025年11月3日¶主题：退款¶请查一查。
快递单上写的是¶寄件人：李四¶收件人：王五¶日期：11月3日¶我不认识他们，退回去吧。
From: Beijing¶To: Shanghai¶Date: 3 November¶The ticket was never refunded.
第一，商品破损。¶----------¶第二，客服不理人。¶==========¶请尽快处理。
我要投诉：¶------¶1 快递丢件¶2 客服不理
订单如下¶| 订单 | 金额 |¶| 1001 | 20 |¶| 1002 | 35 |
发自我的iPhone拍的照片请看附件¶从手机发送的申请你们没有收到吗？¶通过QQ¶来自山东
设置->账户>注销，点了没有反应。
On this day¶¶I wrote something¶¶which nobody answered.
On 3 November 2025 I wrote:¶Please refund my order.¶Nobody answered.
Sent from Beijing on Monday, never arrived.¶Sent by courier.¶From my side: no.
Q: when?¶A: never¶To: nobody
"""


@pytest.mark.parametrize("text", written(WHOLE))
def test_what_a_person_tells_is_left_whole(text):
    assert folded(text) == (Stretch(text, quoted=False),)


# as programs in many languages begin what they quote; S is who wrote it, with the address
SAID = """
On Mon, Nov 3, 2025 at 3:20 PM S wrote: / On 11/3/25 15:20, Service wrote:
At 11/3/2025 03:20 PM, you wrote: / Shop via S wrote: / Am 03.11.25 um 15:20 schrieb Service:
Am Mo., 3. Nov. 2025 um 15:20 Uhr schrieb S: / S schrieb am Mo., 3. Nov. 2025, 15:20:
Le lun. 3 nov. 2025 à 15:20, S a écrit : / El lun, 3 nov 2025 a las 15:20, S escribió:
Em seg., 3 de nov. de 2025 às 15:20, S escreveu: / În lun., 3 nov. 2025 la 15:20, S a scris:
Il giorno lun 3 nov 2025 alle ore 15:20 S ha scritto: / Op ma 3 nov 2025 om 15:20 schreef S:
Op 3 nov. 2025 om 15:20 heeft S het volgende geschreven: / Den mån 3 nov. 2025 kl 15:20 skrev S:
man. 3. nov. 2025 kl. 15.20 skrev S: / ma 3. marrask. 2025 klo 15.20 (a@example.com) kirjoitti:
pon., 3 lis 2025 o 15:20 S napisał(a): / W dniu 3.11.2025 o 15:20, Service pisze/napisał:
po 3. 11. 2025 v 15:20 odesílatel S napsal: / S ezt írta (időpont: 2025. nov. 3., H, 15:20):
S, 3 Kas 2025 Pzt, 15:20 tarihinde şunu yazdı: / пн, 3 нояб. 2025 г. в 15:20, S:
3 ноября 2025 г., в 15:20, S написал(а): / пн, 3 лист. 2025 р. о 15:20 S пише:
Στις Δευ 3 Νοε 2025 στις 15:20, ο S έγραψε: / Vào Th 2, 3 thg 11, 2025 vào lúc 15:20 S đã viết:
Pada Sen, 3 Nov 2025 pukul 15.20 S menulis: / 2025年11月3日(月) 15:20 S:
2025/11/03 15:20、Sのメール: / 2025년 11월 3일 (월) 오후 3:20, S님이 작성:
เมื่อ จ. 3 พ.ย. 2025 เวลา 15:20 S เขียนว่า: / בתאריך יום ב׳, 3 בנוב׳ 2025 ב-15:20 מאת S: כתב:
2025-11-03 15:20 GMT+08:00 Service / 2025-11-03 15:20 GMT+08:00 S: / 2025/11/3 S
---- On Mon, 03 Nov 2025 15:20:11 +0800 S wrote ---- / Begin forwarded message:
-----Original Message----- / -----Ursprüngliche Nachricht----- / -------- Message d'origine --------
-----Mensaje original----- / -----Mensagem original----- / -----Messaggio originale-----
---------- Forwarded message --------- / -----元のメッセージ----- / -----원본 메시지-----
Op 3 nov. 2025 15:20 schreef S het¶volgende geschreven: / Le 3 nov. 2025, S¶a écrit :
On Mon, Nov 3,¶2025 at 3:20 PM, Service of a Shop With a Name <¶a@example.com> wrote:
On Mon, 3 Nov 2025 at 15:20 Service¶¶<¶mailto:Service <a@example.com>¶> wrote:
2025-11-03 15:20 GMT+08:00 Service of a Shop <¶a@example.com>:
"""


@pytest.mark.parametrize("said", written(SAID))
def test_what_follows_on_the_words_of_a_mail_program_is_quoted(said):
    told = "I told you. It is 1001.\nIt is not 1002"
    said = said.replace("S ", "Service <a@example.com> ").replace("S:", "Service <a@example.com>:")
    said = said.replace("S,", "Service <a@example.com>,").replace("/3 S", "/3 Service <a@b.com>")
    said = said.replace("Sの", "Service <a@b.com>の").replace("S님", "Service <a@b.com>님")

    assert own_words(f"{told}\n{said}\n\nPlease tell us your number.") == told
    assert own_words(f"{told}\n\n{said}\n> Please tell us your number.") == told


# sender, day, recipient and subject in the words of one program each
HEADS = """
From|Sent|To|Subject / Von|Gesendet|An|Betreff / De|Envoyé|À|Objet / De|Fecha|Para|Asunto
De|Enviada|Para|Assunto / Da|Inviato|A|Oggetto / Van|Verzonden|Aan|Onderwerp
Från|Skickat|Till|Ämne
Fra|Sendt|Til|Emne / Lähettäjä|Lähetetty|Vastaanottaja|Aihe / Od|Wysłano|Do|Temat
Od|Odesláno|Komu|Předmět / От|Отправлено|Кому|Тема / Feladó|Elküldve|Címzett|Tárgy
Kimden|Tarih|Kime|Konu / Từ|Ngày|Đến|Chủ đề / 差出人|送信日時|宛先|件名
보낸 사람|보낸 날짜|받는 사람|제목
"""


@pytest.mark.parametrize("star", ["", "*"])
@pytest.mark.parametrize("head", written(HEADS))
def test_the_head_of_a_quoted_mail_ends_what_is_new(head, star):
    values = ("Service <a@example.com>", "3.11.2025", "Me", "Your number,\nplease")
    fields = zip(head.split("|"), values, strict=True)
    lines = "\n".join(f"{star}{name}:{star} {value}" for name, value in fields)

    assert own_words(f"Here it is: 1001.\n\n{lines}\n\nPlease tell us.") == "Here it is: 1001."


SIGNS = """
Sent from my iPhone / Sent from Yahoo Mail for Android / (sent from a phone) / <<sent by galaxy>>
Get Outlook for iOS / Lily from mobile / From my iPhone 6 / Von meinem iPhone gesendet
Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet. / Inviato da iPad
Envoyé de mon iPhone / Enviado desde mi iPhone / Enviado do meu telemóvel / iPhoneから送信
Sendt fra min Samsung / Skickat från min iPhone / Verstuurd vanaf mijn iPhone
Lähetetty puhelimesta iPhone / Отправлено с iPhone / 나의 iPhone에서 보냄 / 從我的 iPhone 傳送
發自我的 iPhone / 发自我的华为Mate60 Pro / 通过我的手机发送 / 来自QQ邮箱 / —¶Lily
Unsubscribe: leave@example.com / --¶Lily¶www.example.com / ===¶***¶¶  ~~~~~
-----BEGIN PGP SIGNATURE-----¶iQEcBAEB¶-----END PGP SIGNATURE-----
"""


@pytest.mark.parametrize("sign", written(SIGNS))
def test_a_signature_is_folded(sign):
    assert own_words(f"订单号 1001。\n\n{sign}\n") == "订单号 1001。"


BETWEEN = """
> 请问订单号是多少？¶1001。¶> 收货人是谁？¶王小明。 / > 请问订单号是多少？¶¶1001。
您好！¶> 请问订单号是多少？¶1001。¶> 收货人是谁？¶王小明。¶谢谢。
"""


@pytest.mark.parametrize("text", written(BETWEEN))
def test_answers_between_the_questions_keep_them(text):
    said = "On Mon, Nov 3, 2025 at 3:20 PM Service <a@example.com> wrote:"

    assert own_words(text) == text
    assert own_words(f"{said}\n{text}\n> 完") == (text if "王" in text else "1001。")
    assert own_words(f"{said}\n\n订单号？\n1001。") == "订单号？\n1001。"


def test_short_answers_between_are_no_signature():
    text = "Hello\nOn 11/3/25 15:20, Service wrote:\n> When?\nMonday\n> Where?\nHere"

    assert own_words(text) == "Hello\n> When?\nMonday\n> Where?\nHere"


def test_an_answer_beneath_the_whole_quote_is_seen_but_no_signature_is():
    said = f"见下。\n在 2025年11月3日 15:20，客服 <kefu@example.com> 写道：\n{MARKED}\n"
    marked = f"见下。\n{MARKED}> On Mon, Nov 3, 2025 at 3:20 PM A <a@example.com> wrote:\n"

    for answer in ("同意退款", "我不同意，请重新处理。"):
        assert own_words(f"{said}{answer}").endswith(answer)
        assert own_words(f"{marked}{answer}").endswith(answer)
    for sign in ("张三\n电话：010-62345678", "Zhang San\nShop"):
        assert own_words(f"{said}{sign}") == "见下。"


def test_much_that_follows_on_a_rule_or_a_quote_is_no_signature():
    many = [f"item {n}" for n in range(13)]
    listed, some = "\n".join(["My list", "-----", *many]), "\n".join(many[:7])

    assert own_words(listed) == listed
    assert own_words(f"Yes\nOn 11/3/25 15:20, Service wrote:\n> a\n{some}").endswith(some)


def test_a_sentence_before_the_words_of_a_mail_program_is_no_part_of_them():
    text = "On 3 November it broke.\n2025/11/3 Service <a@example.com> wrote:\n> Which one?"

    assert own_words(text) == "On 3 November it broke."


@pytest.mark.parametrize(
    "text", ["> 只有引文", "发自我的iPhone", "", "\n \n", f"> 1 写道：\n{MARKED}"]
)
def test_where_everything_would_be_folded_nothing_is(text):
    assert own_words(text) == text.strip()


def test_what_was_passed_on_without_a_word_is_shown_without_its_head():
    assert own_words(f"--- 原始邮件 ---\n发件人: a@b.cn\n日期: 1\n主题: c\n\n{ASKED}") == ASKED


PIECES = """
> 引文 / -- / ---- / On 11/3/25 15:20, A wrote: / 发件人: a@b / 主题: c / 日期: d / 写道： / 词 / :
发自我的iPhone / -----原始邮件----- / | | / \u200b / \x0c / ¶
"""


@given(
    st.lists(st.sampled_from(written(PIECES)) | st.text(max_size=12)),
    st.sampled_from(["\n", "\r\n", "\r", "\u2028"]),
)
def test_the_stretches_joined_are_the_text(lines, end):
    text = end.join(lines)

    stretches = folded(text)

    assert "".join(one.words for one in stretches) == text
    assert all(one.quoted != other.quoted for one, other in pairwise(stretches))
    assert own_words(text) or not text.strip("\u200b\ufeff ").strip()


LONG = "> / >¶ / a / On¶ / On 1:¶ / On 1 wrote:¶ / 写道：¶ / - / ----¶ / <a@ / | / * / 中 / 中¶--¶"


@pytest.mark.parametrize("piece", [" ", "\n", "发件人:", "发件人:\n", "sent ", *written(LONG)])
def test_two_hundred_thousand_characters_take_no_longer_than_they_must(piece):
    text = (piece * 200_000)[:200_000]

    begun = time.thread_time()
    folded(text)

    assert time.thread_time() - begun < 3  # half a second on the machine of 2025


def test_replies_of_many_languages_are_parted_as_others_part_them():
    outside = os.environ.get("BIHUAN_OUTSIDE")
    if not outside:
        pytest.skip("BIHUAN_OUTSIDE names no folder with outside material")
    replies = Path(outside, "mail", "replies")

    asked = {one.name: one.read_text("utf-8") for one in (replies / "emails").glob("*.txt")}
    expected = {name: (replies / "trimmed" / name).read_text("utf-8") for name in asked}
    wrong = [name for name in asked if own_words(asked[name]).split() != expected[name].split()]

    assert len(asked) > 10
    assert len(wrong) / len(asked) <= 0.15, wrong
