"""The codes of mails in words; the source is simplified Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NAMED_MOST, NAME_MOST = 9, 40  # attachments in a sentence, signs of a name
_LEADS = re.compile(r"[:/\\@]+|\bwww\.", re.IGNORECASE)

STATES = {
    "held": _("待处理"),
    "opened": _("已立案"),
    "joined": _("已并入案件"),
    "ignored": _("未立案"),
    "duplicate": _("重复"),
    "waiting": _("排队中"),
}
VIAS = {"smtp": "SMTP", "lmtp": "LMTP", "imap": "IMAP", "pipe": _("管道")}
#: code of a decision -> why
REASONS = {
    "bounce": _("退信报告：我们发出的邮件没有送达"),
    "report": _("系统报告（投递回执或已读回执）"),
    "auto_submitted": _("程序自动发出的邮件"),
    "null_sender": _("没有发件人地址的系统邮件"),
    "perhaps_bounce": _("像是退信，但没有系统邮件的标记"),
    "perhaps_automatic": _("像是自动回复，但没有系统邮件的标记"),
    "from_ourselves": _("发件人写的是我们自己的地址：可能是循环或冒用"),
    "list": _("邮件列表群发"),
    "bulk": _("群发邮件"),
}
AUTOMATIC = _("自动回复")
#: code of a problem -> what was wrong
PROBLEMS = {
    "took_too_long": _("读这封邮件用时过长，已停止"),
    "took_too_much": _("读这封邮件占用内存过多，已停止"),
    "reader_died": _("读这封邮件时出错"),
    "only_the_head": _("只读出了开头"),
    "too_large": _("邮件超过大小上限，只保存了前面的部分"),
    "too_many_parts": _("邮件的部分太多，没有全部读出"),
    "too_deep": _("邮件层层嵌套，没有全部读出"),
    "text_cut": _("正文太长，没有全部读出"),
    "no_words": _("没有读出正文"),
    "could_not_be_filed": _("多次没有读出，已按原样立案"),
    "headers_cut": _("邮件头太长，只读了前面的部分"),
    "bad_charset": _("文字编码有误，个别字可能不准"),
}
OTHER_PROBLEM = _("格式不规范")
#: code of trust -> tone, icon, words
TRUSTS = {
    "reply": ("ok", "badge-check", _("回复了本案的通知")),
    "other_address": ("warn", "circle-alert", _("从另一个邮箱回复，未核实")),
    "domain": ("", "shield-check", _("发件域名已核实")),
    "none": ("warn", "circle-alert", _("发件人未核实")),
}
#: code of why an attachment is no evidence -> words
WHYS = {
    "too_large": _("太大"),
    "empty": _("是空的"),
    "kind_not_allowed": _("类型不在允许之列"),
    "has_script": _("含有脚本或压缩包"),
    "unreadable_image": _("图片打不开"),
    "infected": _("含有病毒"),
    "not_scanned": _("没能查毒"),
    "no_room": _("当时没有空间保存"),
    "too_many_files": _("超过一次可存的件数"),
}


def reason(state: str, code: str) -> str:
    """Why a mail opened no case; "" for one that did, or that waits."""
    if state not in ("held", "ignored") or not code:
        return ""
    if code.startswith("fault_"):
        return str(PROBLEMS["reader_died"])
    return str(REASONS.get(code, AUTOMATIC))


def problems(codes: Iterable[str]) -> list[str]:
    """What was wrong with a mail, each thing once."""
    return list(dict.fromkeys(str(PROBLEMS.get(code, OTHER_PROBLEM)) for code in codes))


def lost(parts: Iterable[Mapping[str, object]]) -> str:
    """The attachments that were not kept, each with why, in one line; "" when all were."""
    said = gettext("{name}（{why}）")
    return named(
        [part for part in parts if part["why"]],
        lambda part: said.format(name=called(part), why=WHYS.get(str(part["why"]), "")),
    )


def named(
    parts: Sequence[Mapping[str, object]], each: Callable[[Mapping[str, object]], str]
) -> str:
    """Some of these attachments, and how many more there are, in one line.

    Whoever sent them chose their names, and perhaps who is told of them.
    """
    said = [each(part) for part in parts[:NAMED_MOST]]
    if len(parts) > NAMED_MOST:
        said.append(gettext("另有 {total} 个").format(total=len(parts) - NAMED_MOST))
    return gettext("、").join(said)


def called(part: Mapping[str, object]) -> str:
    """What an attachment is called in a sentence: short, and no address that leads elsewhere."""
    name = _LEADS.sub("_", str(part["name"]))
    short = name if len(name) <= NAME_MOST else f"{name[: NAME_MOST - 6]}…{name[-5:]}"
    return short or gettext("（没有名称）")
