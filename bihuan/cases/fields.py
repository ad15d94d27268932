"""What each step must be told: one table for pages, API and checks (HOUSE §6b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bihuan.cases.variables import unfilled
from bihuan.core import inputs
from bihuan.core.refusals import Invalid

Kind = Literal[
    "text", "line", "choice", "date", "moment", "flag", "staff", "case", "department", "files",
    "follow_ups", "scores", "entry",
]  # fmt: skip

OUTCOMES = {
    "supported": "支持", "partly_supported": "部分支持", "not_supported": "不支持",
    "settled": "双方和解", "answered": "已答复",
}  # fmt: skip
CATEGORIES = {
    "service_quality": "服务质量类",
    "platform_rule": "平台规则类",
    "system_tech": "系统与技术类",
    "other": "其他类",
}
SEVERITIES = {"general": "一般", "major": "重大", "extra_major": "特别重大"}
TIERS = {"1": "一级响应", "2": "二级响应", "3": "三级响应"}
PRIORITIES = {"urgent": "紧急", "important": "重要", "general": "一般"}
KINDS = {
    "complaint": "投诉",
    "enquiry": "咨询",
    "order_problem": "订单问题",
    "account_problem": "账户问题",
    "suggestion": "建议",
    "praise": "表扬",
}
CHANNELS = {
    "": "用户选择的方式", "inbox": "站内消息", "email": "电子邮件", "sms": "短信",
    "wechat": "微信", "push": "APP 推送", "phone": "电话告知", "counter": "当面告知",
}  # fmt: skip
MOST = 20_000
BEST, MOST_QUESTIONS = 5, 20  # of a rating


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. Labels are source strings, translated at the door."""

    name: str
    kind: Kind
    label: str
    required: bool = True
    most: int = MOST
    choices: Mapping[str, str] | None = None
    help: str = ""
    either: bool = False  # this or the other so marked must be there
    whole: bool = False  # a variable of a canned reply must not be left in it


_REASON = Field("reason", "line", "理由", most=300)
_CHANNEL = Field(
    "channel", "choice", "告知方式", required=False, choices=CHANNELS,
    help="选“电话告知”的，请先打电话说明结果；选“当面告知”的，会列入服务点的待告知清单",
)  # fmt: skip
_TEXT = Field("text", "text", "内容", whole=True)

FIELDS: dict[str, tuple[Field, ...]] = {
    "answer": (
        Field("text", "text", "答复内容", help="说明问题是什么、下一步做什么（1.4）", whole=True),
    ),
    "accept": (Field("text", "text", "受理说明与首个处理动作"),),
    "decline": (
        Field("reason", "text", "不予受理的理由", most=2000),
        Field("basis", "line", "依据的条款", most=200),
    ),
    "review": (
        Field("investigation", "flag", "需要内部调查", required=False),
        Field("reason", "line", "初审意见", most=300),
        Field("lead_id", "staff", "重大问题专项负责人", required=False),
    ),
    "confirm_problem": (Field("problem", "text", "确认的具体问题", most=2000),),
    "propose": (Field("solution", "text", "初步解决方案", most=4000, whole=True),),
    "find": (
        Field("finding", "text", "调查认定", most=4000),
        Field("measure", "text", "拟采取的措施", required=False, most=2000),
        Field("department", "department", "责任部门", required=False, most=60),
    ),
    "tell": (Field("text", "text", "告知用户的初步处理结果", most=4000, whole=True),),
    "repair": (
        Field("failed", "line", "故障或问题", most=300),
        Field("restored_at", "moment", "恢复时间"),
    ),
    "resolve": (
        Field("outcome", "choice", "处理结论", choices=OUTCOMES),
        Field("reason", "text", "理由", most=4000),
        Field("basis", "line", "依据的条款或法律", most=300),
    ),
    "retract": (
        Field(
            "reason",
            "line",
            "撤回的理由",
            most=300,
            help="时限照原来的到期时间计算；用户会看到决定已撤回，看不到理由",
        ),
    ),
    "notify": (
        Field("progress", "text", "处理过程", most=4000),
        Field("result", "text", "处理结果", most=4000),
        Field("follow_ups", "follow_ups", "后续跟进措施"),
        _CHANNEL,
    ),
    "plan": (
        Field("owner_id", "staff", "处理责任人"),
        Field("due_on", "date", "完成日期"),
        Field("text", "text", "处理安排", most=2000),
    ),
    "confirm": (),
    "complain": (Field("text", "text", "哪里不满意", most=4000),),
    "dispute": (Field("text", "text", "对结果不满意的地方", most=4000),),
    "withdraw": (Field("text", "text", "撤回原因", required=False, most=2000),),
    "reopen": (Field("text", "text", "重新处理的原因", most=4000),),
    "merge": (Field("into", "case", "并入的案件编号", most=60),),
    "unmerge": (_REASON,),
    "split": (
        Field("entry_id", "entry", "从用户的哪一段话拆出", help="新案的时限从这段话收到时起算"),
        Field("text", "text", "拆出的事项", help="成为新案的内容，用户可以看到"),
        _REASON,
    ),
    "assign": (
        Field(
            "owner_id",
            "staff",
            "处理人",
            required=False,
            either=True,
            help="与部门至少选一项",
        ),
        Field("department", "department", "部门", required=False, either=True, most=60),
        Field("reason", "line", "理由", required=False, most=300),
    ),
    "classify": (
        Field("kind", "choice", "性质", required=False, choices=KINDS),
        Field("category", "choice", "类别", required=False, choices=CATEGORIES),
        Field("issue", "line", "问题类型", required=False, most=40),
        Field(
            "complained_at",
            "moment",
            "提出投诉的时间",
            required=False,
            help="改为投诉时填写；不填即用户最近一次留言的时间",
        ),
        _REASON,
    ),
    "approve_kind": (),
    "keep_kind": (_REASON,),
    "set_severity": (Field("severity", "choice", "严重程度", choices=SEVERITIES), _REASON),
    "approve_severity": (),
    "keep_severity": (_REASON,),
    "set_tier": (Field("tier", "choice", "响应级别", choices=TIERS), _REASON),
    "set_priority": (Field("priority", "choice", "优先级", choices=PRIORITIES), _REASON),
    "escalate": (_REASON,),
    "tag": (
        Field("add", "line", "加上标签", required=False, most=200, help="几个标签用空格或逗号分开"),
        Field("remove", "line", "去掉标签", required=False, most=200),
    ),
    "note": (_TEXT,),
    "message": (Field("text", "text", "内容"),),
    "add_material": (
        Field("text", "text", "说明", required=False, most=4000),
        Field("file_ids", "files", "材料", required=False),
    ),
    "rate": (
        Field("scores", "scores", "评分"),
        Field("text", "text", "想说的话", required=False, most=2000),
    ),
    "pause": (
        Field("reason_id", "line", "暂停事由", most=40, help="手册列明的事由编号"),
        Field("until_at", "moment", "暂停到"),
        _REASON,
    ),
    "ask_identity": (),
    "waive_identity": (_REASON,),
    "approve_pause": (),
    "resume": (Field("reason", "line", "理由", required=False, most=300),),
    "overturn": (_TEXT, Field("owner_id", "staff", "处理人", required=False)),
    "archive": (),
    "silence": (),
    "close": (),
}


def clean(action: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values of this step, checked; Invalid names every field that is wrong, at once."""
    known = {field.name for field in FIELDS[action]} | {"expected_version"}
    faults = {name[:60]: "unknown_field" for name in raw if name not in known}
    values: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for field in FIELDS[action]:
        try:
            values[field.name] = _value(field, raw.get(field.name))
        except Invalid as fault:
            faults |= fault.fields
            figures = {name: fact for name, fact in fault.facts.items() if name != "fields"}
    if faults:  # the figures of one field would be wrong at another
        raise Invalid(faults, **(figures if len(faults) == 1 else {}))
    return values


def _value(field: Field, given: Any) -> Any:
    empty = given is None or given == "" or given == [] or given == ()
    if field.required and empty:
        raise Invalid({field.name: "missing"})
    match field.kind:
        case "text" | "line" | "case" | "department":
            return _words(field, given)
        case "choice":
            return "" if empty else _choice(field, given)
        case "flag":
            return _flag(given, field.name)
        case "entry":
            return inputs.whole(given, field=field.name, least=1)
        case "staff":
            return 0 if empty else inputs.whole(given, field=field.name)
        case "date":
            return None if empty else inputs.day(given, field=field.name)
        case "moment":
            return None if empty else inputs.moment(given, field=field.name)
        case "files":
            return tuple(inputs.whole(i, field=field.name, least=1) for i in _list(given, field))
        case "scores":
            return _scores(given, field.name)
    return tuple(_follow_up(item, field.name) for item in _list(given, field))


def _words(field: Field, given: Any) -> str:
    """Blanks alone are no answer to what is asked for."""
    text = inputs.words(
        given,
        field=field.name,
        least=1 if field.required else 0,
        most=field.most,
        lines=field.kind == "text",
    )
    if field.whole and (waiting := unfilled(text)):
        raise Invalid({field.name: "unfilled"}, variables="、".join(waiting))
    return text


def _choice(field: Field, given: Any) -> str:
    """One of the choices; a tier may come as a number."""
    plain = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    return inputs.one_of(plain, dict(field.choices or {}), field=field.name)


def _flag(given: Any, name: str) -> bool:
    if given in (None, "", False, "false", "no", "0"):
        return False
    if given in (True, "true", "yes", "on", "1"):
        return True
    raise Invalid({name: "not_a_flag"})


def _list(given: Any, field: Field) -> list[Any]:
    if given is None or given == "":
        return []
    if not isinstance(given, list | tuple) or len(given) > 50:
        raise Invalid({field.name: "not_a_list"})
    return list(given)


def _scores(given: Any, name: str) -> dict[str, int]:
    """Question and mark; which questions there are is the command's to say."""
    if not isinstance(given, Mapping) or len(given) > MOST_QUESTIONS:
        raise Invalid({name: "not_an_object"})
    return {
        str(question)[:40]: inputs.whole(mark, field=name, least=1, most=BEST)
        for question, mark in given.items()
    }


def _follow_up(item: Any, name: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise Invalid({name: "not_a_follow_up"})
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, read in (
        ("what", lambda v: inputs.words(v, field="what", least=2, most=300, lines=False)),
        ("owner_id", lambda v: inputs.whole(v, field="owner_id", least=1)),
        ("due_on", lambda v: inputs.day(v, field="due_on")),
    ):
        try:
            values[key] = read(item.get(key))
        except Invalid as fault:
            faults |= {f"{name}.{field}": why for field, why in fault.fields.items()}
    if faults:
        raise Invalid(faults)
    return values
