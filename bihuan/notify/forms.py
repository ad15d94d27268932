"""What somebody is asked about how they want to be told: the same on the portal and at the desk."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.notify import queries
from bihuan.notify.commands import Wished
from bihuan.notify.queries import Told
from bihuan.notify.rules import INBOX
from bihuan.notify.wishes import Quiet
from bihuan.notify.wordings import topic_words, way_name
from bihuan.web.asking import Refusable

NIGHT = Quiet(22 * 60, 8 * 60)
_FIELDS = {"first": "tell_by", "app_only": "topics"}


class WishForm(Refusable):
    """The first way and the next, what beyond the app, and when not; by what reaches the person."""

    def __init__(self, data: Any, *, told: Told, at: datetime, **rest: Any) -> None:
        rest["initial"] = first_values(told, at) | rest.pop("initial", {})
        super().__init__(data, label_suffix="", **rest)
        self.told, self.at = told, at
        names = {way: way_name(way, at) for way in told.ways}
        with_app = {way: _("站内消息和{way}").format(way=name) for way, name in names.items()}
        self.fields["tell_by"] = _one_of(
            later("怎样告知您进展和结果"), later("请选择一种告知方式"),
            {INBOX: _("只用站内消息"), **with_app},
        )  # fmt: skip
        if len(told.ways) > 1:
            self.fields["then"] = _one_of(
                later("没有送到时，再改用"), later("请选择一种方式"),
                {**names, "": _("不再改用其他方式，只看站内消息")}, required=False,
            )  # fmt: skip
        if topics := queries.topics("customer", at):
            self.fields["topics"] = forms.MultipleChoiceField(
                label=_("这些也按上面的方式告知"), required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("不勾选的只发站内消息。受理、处理结果、逾期和办结总会按上面的方式告知您。"),
                choices=[(one.id, topic_words(one)) for one in topics],
            )  # fmt: skip
            self.fields["topics"].either = True  # type: ignore[attr-defined]  # not marked optional
        self._quiet_fields()

    def _quiet_fields(self) -> None:
        if not self.told.ways:
            return
        self.fields["quiet"] = forms.BooleanField(
            label=_("夜间不打扰"), required=False,
            help_text=_(
                "这段时间不发短信、邮件等，过后再发；站内消息照常。有时限的结果通知和验证码除外。"
            ),
        )  # fmt: skip
        clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        for name, label in (("quiet_from", _("从")), ("quiet_until", _("到"))):
            self.fields[name] = forms.TimeField(
                label=label, required=False, widget=clock, input_formats=["%H:%M", "%H:%M:%S"],
                error_messages={"invalid": _("请按 22:00 这样填写时间")},
            )  # fmt: skip
            self.fields[name].either = True  # type: ignore[attr-defined]  # needed with `quiet`

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends."""
        values = super().clean() or {}
        if values.get("quiet"):
            for name in ("quiet_from", "quiet_until"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("请填写时间"))
            begins, ends = values.get("quiet_from"), values.get("quiet_until")
            if begins is not None and begins == ends:
                self.add_error("quiet_until", _("请填写不同的开始和结束时间"))
        return values

    def refuse(self, fault: Any) -> None:
        """A fault at the field of this form that asks for it."""
        fault.fields = {_FIELDS.get(name, name): code for name, code in fault.fields.items()}
        super().refuse(fault)

    def wished(self) -> Wished:
        """What was filled in; what was not asked stays as it is."""
        values = self.cleaned_data
        first = values["tell_by"]
        then: tuple[str, ...] | None = None
        if "then" in self.fields and first != INBOX:
            chosen = values["then"]
            others = [way for way in self.told.ways if way not in (first, chosen)]
            then = (chosen, *others) if chosen and chosen != first else ()
            if chosen == first:
                then = tuple(others)
        known = [one.id for one in queries.topics("customer", self.at)]
        return Wished(
            first=first,
            then=then,
            app_only=tuple(id for id in known if id not in values.get("topics", ())),
            quiet=_quiet(values),
        )


def first_values(told: Told, at: datetime) -> dict[str, Any]:
    """What the form shows at first: how it is now, and a night for quiet hours."""
    quiet = told.quiet or NIGHT
    return {
        "tell_by": told.first,
        "then": told.then[0] if told.then else "",
        "topics": [one.id for one in queries.topics("customer", at) if one.id not in told.app_only],
        "quiet": told.quiet is not None,
        "quiet_from": time(quiet.begins // 60, quiet.begins % 60),
        "quiet_until": time(quiet.ends // 60, quiet.ends % 60),
    }


def _quiet(values: dict[str, Any]) -> Quiet | None:
    begins, ends = values.get("quiet_from"), values.get("quiet_until")
    if not values.get("quiet") or begins is None or ends is None:
        return None
    return Quiet(begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)


def _one_of(
    label: Any, asked: Any, choices: dict[str, str], required: bool = True
) -> forms.ChoiceField:
    field = forms.ChoiceField(
        label=label, choices=list(choices.items()), widget=forms.RadioSelect, required=required,
        error_messages={"required": asked, "invalid_choice": asked},
    )  # fmt: skip
    field.either = True  # type: ignore[attr-defined]  # radio buttons say themselves what is optional
    return field
