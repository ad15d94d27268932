"""疑似批量索赔：series of claims with their signs, for a person to judge; never refused (L-26)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.queries import unsealed
from bihuan.core import inputs
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import Shown
from bihuan.desk.listing import INBOX, SAME
from bihuan.web import messages, words
from bihuan.web.door import Who, staff

SERIAL = "/desk/serial/"
LISTED = 6  # cases named in a group
KEY = ("person_id", "merchant_id", "fingerprint")


class MarkForm(Shown):
    """What somebody says of one group."""

    use_required_attribute = False

    def __init__(self, data: Any, id: str) -> None:
        super().__init__(data, auto_id=f"{id}_%s")
        self.fields["verdict"] = forms.ChoiceField(
            label=_("判断"),
            choices=[("", _("请选择")), ("not_serial", _("不是批量索赔")), ("watch", _("关注"))],
        )
        self.fields["reason"] = forms.CharField(
            label=_("理由"),
            max_length=300,
            help_text=_("只有员工能看到；不影响这些投诉的受理和时限"),
        )


@require_http_methods(["GET", "POST"])
def serial(request: HttpRequest) -> HttpResponse:
    """The groups, those nobody has judged first; POST says what one of them is."""
    who = staff(request)
    fault: Invalid | None = None
    if request.method == "POST":
        key = tuple(inputs.whole(request.POST.get(name), field=name) for name in KEY)
        try:
            commands.mark_serial(
                **dict(zip(KEY, key, strict=True)), verdict=request.POST.get("verdict", ""),
                reason=request.POST.get("reason", ""), **who,
            )  # fmt: skip
        except Invalid as refused:
            fault = refused
        else:
            notes.success(request, _("已记录您的判断"))
            return redirect(SERIAL)
    rows = _rows(queries.serials(**who), who)
    for row in rows:
        mine = fault is not None and row["key"] == key
        row["form"] = MarkForm(request.POST if mine else None, f"serial_{row['place']}")
        for name, why in messages.faults(fault).items() if fault and mine else ():
            row["form"].add_error(name, why)
    context = {"rows": rows, "faulty": fault is not None}
    return render(request, "desk/serial.html", context, status=422 if fault else 200)


def _rows(groups: list[queries.Group], who: Who) -> list[dict[str, Any]]:
    persons = people.shown({group.key[0] for group in groups if group.key[0]}, who["by"])
    shops = people.merchant_names({group.key[1] for group in groups if group.key[1]})
    judges = people.staff_names({group.mark.staff_id for group in groups if group.mark})
    return [
        {
            "place": place,
            "key": group.key,
            "title": _of_person(persons.get(group.key[0]))
            if group.key[0]
            else _("{shop}：同样的内容").format(shop=shops.get(group.key[1]) or _("某商家")),
            "score": group.score,
            "signs": [_SAID[sign.what]().format(n=sign.many) for sign in group.signs],
            "cases": [
                {"number": case.number, "url": case.desk_url,
                 "subject": unsealed(case.subject)[:30],
                 "received": words.moment_words(case.received_at, who["at"])}
                for case in group.cases[:LISTED]
            ],
            "more": max(len(group.cases) - LISTED, 0),
            "all_url": f"{INBOX}?{urlencode({'view': 'every', SAME: group.cases[0].number})}"
            if group.key[0]
            else "",
            "mark": {
                "watch": group.mark.verdict == "watch",
                "reason": group.mark.reason,
                "by": judges.get(group.mark.staff_id, ""),
                "at": words.moment_words(group.mark.at, who["at"]),
            }
            if group.mark
            else None,
        }
        for place, group in enumerate(groups, 1)
    ]  # fmt: skip


def _of_person(person: people.Shown | None) -> str:
    known = [person.name, person.phone or person.email] if person else []
    return " · ".join(filter(None, known)) or _("匿名用户")


_SAID = {
    "many": lambda: _("近期提交 {n} 件"),
    "shops": lambda: _("涉及 {n} 家商家"),
    "texts": lambda: _("{n} 件内容相同"),
    "sums": lambda: _("{n} 件金额相同"),
    "copied": lambda: _("{n} 位用户用同样的内容"),
}
