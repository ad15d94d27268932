"""The form that takes a case down for somebody: on the phone, at the counter, from a letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from bihuan.cases.commands import Contact, Filing
from bihuan.cases.fields import KINDS
from bihuan.core import inputs
from bihuan.core.handbook import Handbook
from bihuan.desk.forms import Shown, issue_field

WAYS = {"phone": "电话", "counter": "线下服务中心", "email": "电子邮件", "chat": "在线客服"}


class NewCaseForm(Shown):
    """登记来电、来信、来访：what the desk asks while the person is still there (2.2.1).

    Long fields have no limit of the browser's, which would cut what is pasted without a word.
    """

    channel = forms.ChoiceField(label="渠道")
    kind = forms.ChoiceField(label="性质")
    name = forms.CharField(
        label="姓名",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"data-private": ""}),
    )
    phone = forms.CharField(
        label="手机号",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "data-private": ""}),
    )
    email = forms.CharField(
        label="电子邮箱",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"inputmode": "email", "data-private": ""}),
    )
    account = forms.CharField(label="用户账号", required=False, max_length=60)
    order_no = forms.CharField(label="订单号", required=False, max_length=60)
    received_at = forms.DateTimeField(
        label="接到时间",
        required=False,
        help_text="电话为接通时间，来信为到达时间；不填即现在。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    text = forms.CharField(
        label="发生了什么",
        help_text="用用户自己的话记：什么时候、什么订单、发生了什么。",
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    external_id = forms.CharField(
        label="会话编号",
        required=False,
        max_length=190,
        help_text="在线客服会话或通话的编号，之后可以从案件回到它。",
    )
    transcript = forms.CharField(
        label="沟通记录",
        required=False,
        help_text="把会话内容整段粘贴进来，原样存入案件，用户也能看到。",
        widget=forms.Textarea(attrs={"rows": 4, "data-private": ""}),
    )
    wish = forms.CharField(label="希望怎么解决", required=False, max_length=200)
    issue = forms.ChoiceField()

    #: How the fields stand on the page: heading, and rows of one or two.
    LAYOUT: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
        ("来源", (("channel", "kind"), ("received_at", "order_no"))),
        ("用户", (("name", "phone"), ("email", "account"))),
        ("诉求", (("text",), ("wish", "issue"))),
    )
    #: What is folded away until it is wanted, or filled in, or wrong.
    BEFORE: tuple[str, ...] = ("external_id", "transcript")

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        book: Handbook,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["channel"].choices = [(k, _(v)) for k, v in WAYS.items()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(k, _(v)) for k, v in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["issue"] = issue_field(book, _("由系统按内容判断"))
        for field in self.fields.values():
            field.label = _(str(field.label))
            field.help_text = _(str(field.help_text)) if field.help_text else ""

    def before(self) -> list[BoundField]:
        """The fields of what was said before."""
        return [self[name] for name in self.BEFORE]

    def before_is_open(self) -> bool:
        """Whether they are shown unasked."""
        return any(self[name].errors or self[name].value() for name in self.BEFORE)

    def sections(self) -> list[tuple[str, list[list[BoundField]]]]:
        """The fields as they stand on the page."""
        return [
            (_(heading), [[self[name] for name in row] for row in rows])
            for heading, rows in self.LAYOUT
        ]


def filing(post: Mapping[str, Any]) -> Filing:
    """What was taken down; the room checks every field of it."""

    def given(name: str) -> str:
        return str(post.get(name) or "")

    received = given("received_at")
    return Filing(
        kind=given("kind"),
        channel=given("channel"),
        text=given("text"),
        wish=given("wish"),
        issue=given("issue"),
        order_no=given("order_no"),
        external_id=given("external_id").strip(),
        transcript=given("transcript"),
        contact=Contact(
            name=given("name"), phone=given("phone"), email=given("email"),
            account=given("account"),
        ),
        received_at=inputs.moment(f"{received}+08:00", field="received_at") if received else None,
    )  # fmt: skip
