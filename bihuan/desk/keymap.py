"""The keys of the desk: one table for the help sheet, the page, the palette and remapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bihuan.core.refusals import Invalid

ALLOWED = "abcdefghijklmnopqrstuvwxyz;/,.'[]-="


@dataclass(frozen=True, slots=True)
class Key:
    """What a key does. `keys` are shown; `own` is the one that may be another, "" for none."""

    label: str
    keys: tuple[str, ...]
    own: str = ""


KEYS = (
    Key("下一件", ("J",), "j"),
    Key("上一件", ("K",), "k"),
    Key("选中", ("X",), "x"),
    Key("连续选中", ("Shift J", "Shift K")),
    Key("打开、回到列表", ("Enter", "Esc")),
    Key("搜索", ("/",), "/"),
    Key("命令面板", ("Ctrl K",)),
    Key("回复用户", ("R",), "r"),
    Key("内部备注", ("N",), "n"),
    Key("转商家", ("M",), "m"),
    Key("转派", ("A",), "a"),
    Key("转给我", ("Shift A",)),
    Key("作出处理", ("T",), "t"),
    Key("结案（告知结果）", ("E",), "e"),
    Key("上报主管", ("U",), "u"),
    Key("稍后处理", ("H",), "h"),
    Key("暂停计时", ("P",), "p"),
    Key("标签", ("L",), "l"),
    Key("时限依据", ("W",), "w"),
    Key("案件内的页签", ("1", "…", "7")),
    Key("常用语", (";",), ";"),
    Key("发送", ("Ctrl Enter",)),
    Key("撤销上一步", ("Z",), "z"),
    Key("收件箱、会话、看板、报告", ("G I", "G T", "G D", "G R")),
    Key("来电：登记、打开通话", ("G N", "G C")),
    Key("服务手册", ("G P",)),
    Key("全部快捷键", ("?",)),
)
OWN = tuple(key.own for key in KEYS if key.own)
#: Keys of the map that can do nothing here, and why: they say so instead of doing nothing.
NOT_HERE = (
    ("转商家", "m", "还没有能把话送到商家手里的渠道，商家工作台开通后才能用。"),
    ("暂停计时", "p", "现行手册没有可以停表的情形，时限不能暂停。"),
)


def lines() -> list[dict[str, Any]]:
    """The help sheet, in the reader's language."""
    return [{"label": _(key.label), "keys": key.keys, "own": key.own} for key in KEYS]


def not_here() -> list[dict[str, str]]:
    """The keys that say why they do nothing."""
    return [{"label": _(label), "key": key, "why": _(why)} for label, key, why in NOT_HERE]


def changed(given: Mapping[str, Any]) -> dict[str, str]:
    """Old key to new key of those that are another now.

    Invalid names each key that is none, that another action has, or that begins the pairs (g).
    """
    chosen = {own: str(given.get(f"key-{own}", own) or own).strip().lower() for own in OWN}
    faults: dict[str, str] = {}
    for own, key in chosen.items():
        if len(key) != 1 or key not in ALLOWED:
            faults[f"key-{own}"] = "not_a_key"
        elif key == "g":
            faults[f"key-{own}"] = "key_begins_pairs"
        elif list(chosen.values()).count(key) > 1:
            faults[f"key-{own}"] = "key_taken"
    if faults:
        raise Invalid(faults)
    return {own: key for own, key in chosen.items() if own != key}
