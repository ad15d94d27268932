"""通知模板: every notice of the handbook, its texts then and now, and how it would look (2.4.1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET

from bihuan.core.refusals import NotFound
from bihuan.core.terms import Notice
from bihuan.events.catalog import CATALOG
from bihuan.notify import queries
from bihuan.notify.queries import Flaw, Preview
from bihuan.notify.views.fates import notice_name
from bihuan.notify.wordings import way_name
from bihuan.policy import queries as policy
from bihuan.web.door import Who, staff
from bihuan.web.words import date_words, english, say

AUDIENCES = {
    "customer": later("告知用户"), "merchant": later("告知商家"), "staff": later("提醒同事"),
}  # fmt: skip
LOCALES = {"zh-hans": "中文", "en": "English"}
FIELDS = {"title_en": later("英文标题"), "body_en": later("英文正文")}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What is told when, to whom, by which ways."""
    who = staff(request)
    book = policy.current(who["at"])
    groups = [
        {
            "label": label,
            "rows": [_row(one, who) for one in book.notices.values() if one.audience == audience],
        }
        for audience, label in AUDIENCES.items()
    ]
    context = {"groups": [one for one in groups if one["rows"]], "version": book.version}
    return render(request, "notify/templates.html", context)


@require_GET
def one(request: HttpRequest, id: str) -> HttpResponse:
    """Both languages side by side, previews with a case or examples, and the texts in force."""
    who = staff(request)
    notice = queries.notice_of(id, who["at"])
    number = request.GET.get("number", "").strip()[:40]
    missing = False
    try:
        previews = [queries.preview(notice, locale, number, **who) for locale in LOCALES]
    except NotFound:
        missing = True
        previews = [queries.preview(notice, locale, "", **who) for locale in LOCALES]
    context = _row(notice, who) | {
        "notice": notice,
        "previews": [_preview(one, notice, number) for one in previews],
        "number": number,
        "missing": missing,
        "texts": [
            {"since": date_words(one.since), "version": one.version, "notice": one.notice}
            for one in queries.texts(id)
        ],
        "topic": _topic(notice, who),
    }
    return render(request, "notify/template.html", context)


@require_GET
def letter(request: HttpRequest, id: str) -> HttpResponse:
    """The HTML part of the letter, byte for byte as it would be sent."""
    who = staff(request)
    locale = request.GET.get("in", "")
    if locale not in LOCALES:
        raise NotFound()
    number = request.GET.get("number", "")[:40]
    found = queries.preview(queries.notice_of(id, who["at"]), locale, number, **who)
    part = found.letter.get_body(("html",)) if found.letter else None
    if part is None:
        raise NotFound()
    return HttpResponse(part.get_content())


def _row(notice: Notice, who: Who) -> dict[str, Any]:
    return {
        "id": notice.id,
        "name": notice_name(notice),
        "clause": notice.clause,
        "ours": notice.default_not_handbook,
        "when": [_event(kind) for kind in notice.on],
        "to": str(AUDIENCES[notice.audience]),
        "ways": [way_name(way, who["at"]) for way in notice.channels],
        "flaws": [_flaw(one) for one in queries.flaws(notice)],
        "must": not notice.topic,
    }


def _event(kind: str) -> str:
    known = CATALOG[kind]
    return known.label_en if english() else known.label


def _flaw(one: Flaw) -> str:
    if one.what == "no_translation":
        return _("缺{field}，英文读者会看到中文").format(field=FIELDS[one.where])
    return _("变量 {name} 没有人提供").format(name=one.where)


def _topic(notice: Notice, who: Who) -> str:
    return say(policy.current(who["at"]).topics.get(notice.topic))


def _preview(one: Preview, notice: Notice, number: str) -> dict[str, Any]:
    plain = one.letter.get_body(("plain",)) if one.letter else None
    return {
        "locale": one.locale,
        "label": LOCALES[one.locale],
        "words": one.words,
        "real": one.real,
        "letter": one.letter,
        "plain": plain.get_content().strip() if plain else "",
        "stops": bool(one.letter and one.letter["List-Unsubscribe"]),
        "text": one.text,
        "number": number,
    }
