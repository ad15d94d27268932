"""What the portal asks for, one form a page; choices come from the handbook in force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.cases.fields import FIELDS
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.core.terms import Survey, Term
from bihuan.notify.forms import WishForm
from bihuan.portal.fields import OneOf, Uploads, Words, Yuan
from bihuan.web.asking import Refusable
from bihuan.web.words import english

TEXT_LEAST, TEXT_MOST = 10, 5000
NO_ORDER, OTHER_ORDER = "none", "other"
SERVICES = ("enquiry", "order_problem", "account_problem")
FEEDBACK = ("suggestion", "praise")
#: What has a flow of its own beside complaints, by a kind that stands for all of it.
OTHER_FLOWS = {"enquiry": later("服务请求"), "suggestion": later("建议与表扬")}

WISHES = {
    "return_refund": (later("退货退款"), later("把商品寄回，全额退款")),
    "refund_only": (later("只退款"), later("不寄回，部分或全部退款")),
    "exchange_repair": (later("换货或维修"), later("换一件新的，或免费修好")),
    "apology": (later("道歉或赔偿"), later("例如三倍赔偿、违约金")),
    "correct": (later("纠正或恢复"), later("例如恢复账户、更正评价、修好功能")),
    "explain": (later("只要一个说明"), later("弄清原因和责任，不要求赔偿")),
}


def named(term: Any) -> str:
    """The word of the handbook in the reader's language."""
    return str(term.en if english() else term.zh)


def says(term: Term) -> str:
    """What the handbook says of it, in the reader's language."""
    return term.says_en if english() else term.says


class Plain(Refusable):
    """A form without colons and without the browser's own checks: the server says what to do."""

    label_suffix = ""

    def __init__(self, *args: Any, **rest: Any) -> None:
        rest.setdefault("label_suffix", "")
        super().__init__(*args, **rest)

    def said(self, fault: Invalid) -> dict[str, str]:
        """To a customer a number and an address are asked for with an example."""
        asked = {
            "not_a_phone": _("请填写 11 位手机号或带区号的座机号，例如 139 1234 5678"),
            "not_an_email": _("请填写完整的邮箱地址，例如 name@example.com"),
        }
        own = {name: asked[code] for name, code in fault.fields.items() if code in asked}
        return super().said(fault) | own


class OrderForm(Plain):
    """Step 1: which order, or none."""

    def __init__(self, *args: Any, orders: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.choices = [
            *orders,
            (OTHER_ORDER, _("其他订单，我填写订单号")),
            (NO_ORDER, _("与订单无关")),
        ]
        self.fields["order"] = OneOf(
            asked=_("请选择一笔订单，或选“与订单无关”"),
            label=_("选择订单"),
            choices=self.choices,
        )
        self.fields["order_no"] = Words(
            most=40,
            lines=False,
            label=_("其他订单的订单号"),
            help_text=_("上面选“其他订单”时填写，可以在订单详情里复制。"),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("order") == OTHER_ORDER and not values.get("order_no"):
            self.add_error("order_no", _("请填写订单号，可以在订单详情里复制"))
        return values


class TypeForm(Plain):
    """Step 2: what kind of problem; the issues of the handbook in the groups of 6.1."""

    def __init__(self, *args: Any, book: Handbook, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["issue"] = OneOf(
            asked=_("请选择最接近的一种问题，拿不准就选“其他”"),
            label=_("问题类型"),
            choices=[(issue.id, named(issue)) for issue in book.issues.values()],
        )


class DetailsForm(Plain):
    """Step 3: what happened."""

    text = Words(
        label=later("事情经过"),
        least=TEXT_LEAST,
        most=TEXT_MOST,
        asked=later("请写下发生了什么，至少 10 个字"),
        help_text=later("什么时候、发现什么问题、和商家怎么沟通的。请勿填写身份证号、银行卡号。"),
        widget=forms.Textarea(attrs={"rows": 6, "data-count": "count_text"}),
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["files"] = Uploads()


class RemedyForm(Plain):
    """Step 4: what the person wants."""

    wish = OneOf(
        label=later("您希望怎么解决"),
        asked=later("请选择您希望的解决办法"),
        choices=[(key, label) for key, (label, _hint) in WISHES.items()],
    )
    amount = Yuan(label=later("希望退回的金额"))
    more = Words(
        label=later("补充说明"), most=120, lines=False, help_text=later("例如希望什么时候前解决。")
    )


class ContactForm(Plain):
    """Step 5: how to reach the person; a guest gives a phone number or a mail address."""

    name = Words(
        label=later("怎么称呼您"),
        most=60,
        lines=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = Words(
        label=later("手机号"),
        most=40,
        lines=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = Words(
        label=later("电子邮箱"),
        most=254,
        lines=False,
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, known: bool, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.known = known
        for field in self.fields.values():
            field.widget.attrs["data-private"] = ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        given = values.get("phone") or values.get("email")
        if not (self.known or given or {"phone", "email"} & self.errors.keys()):
            self.add_error("phone", _("请填写手机号或电子邮箱，至少一项，我们才能告知您结果"))
        return values


class RequestForm(ContactForm):
    """An enquiry, an order or account problem, a suggestion or praise, on one page."""

    text = Words(
        label=later("说说是什么事"),
        least=TEXT_LEAST,
        most=TEXT_MOST,
        asked=later("请写下是什么事，至少 10 个字"),
        help_text=later("请勿填写身份证号、银行卡号。"),
    )
    order_no = Words(label=later("订单号"), most=40, lines=False)

    def __init__(self, *args: Any, kinds: tuple[str, ...], book: Handbook, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["kind"] = OneOf(
            asked=_("请选择一种"),
            label=_("属于哪一种"),
            choices=[(kind, named(book.kinds[kind])) for kind in kinds],
        )
        for name in ("text", "order_no"):
            self.fields[name].widget.attrs.pop("data-private", None)
        self.fields["files"] = Uploads()
        if kinds == FEEDBACK:
            del self.fields["order_no"]
        self.order_fields(["kind", "text", "order_no", "files", "name", "phone", "email"])


def most(step: str) -> int:
    """How many characters this step takes: the same here as where it is taken."""
    return next(field.most for field in FIELDS[step] if field.name == "text")


class MaterialForm(Plain):
    """More material for a case: words, files or both."""

    text = Words(
        label=later("说明"), most=most("add_material"), widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["files"] = Uploads()


class SaidForm(Plain):
    """Words that go with one step of the person: a message, an objection, a reason."""

    def __init__(self, *args: Any, step: str, label: str, asked: str = "", **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["text"] = Words(
            label=label, least=2 if asked else 0, most=most(step), asked=asked
        )


MARKS = {
    "1": later("很不满意"),
    "2": later("不满意"),
    "3": later("一般"),
    "4": later("满意"),
    "5": later("很满意"),
}


class RatingForm(Plain):
    """One to five for each question of the survey, and a few words if wanted (1.4)."""

    def __init__(self, *args: Any, survey: Survey, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.asked = [question.id for question in survey.questions]
        for question in survey.questions:
            self.fields[question.id] = OneOf(
                asked=_("请给“{question}”打分").format(question=named(question)),
                label=named(question),
                choices=MARKS,
            )
        self.fields["text"] = Words(
            label=_("还想说什么"), most=most("rate"), widget=forms.Textarea(attrs={"rows": 3})
        )

    def scores(self) -> dict[str, int]:
        """Question and mark, of a form that is valid."""
        return {id: int(self.cleaned_data[id]) for id in self.asked}


class SettingsForm(WishForm):
    """Language, and how to be told (2.4.1)."""

    locale = OneOf(
        label=later("语言"),
        asked=later("请选择一种语言"),
        choices={"zh-hans": "简体中文", "en": "English"},
    )
