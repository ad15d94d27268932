"""The customer's addresses (UI.md §9)."""

from __future__ import annotations

from functools import partial

from django.urls import path
from django.urls.resolvers import URLPattern
from django.views.generic import RedirectView

from bihuan.portal.views import (
    appealing,
    arriving,
    files,
    filing,
    home,
    identity,
    ordering,
    pledge,
    progress,
    requests,
    settings,
    steps,
    urging,
    wechat,
)

app_name = "portal"


def _step(action: str) -> URLPattern:
    view = partial(steps.say, action=action)
    return path(f"complaints/<str:number>/{action}/", view, name=action)


urlpatterns = [
    path("", home.home, name="home"),
    path("track/", home.track, name="track"),
    path("how/", pledge.how, name="how"),
    path("pledge/", pledge.pledge, name="pledge"),
    path("policies/", home.policies, name="policies"),
    path("policies/<str:id>/", home.clause, name="clause"),
    path("language/", settings.language, name="language"),
    path("text-size/", settings.text_size, name="text_size"),
    path("settings/", settings.preferences, name="settings"),
    path("settings/wechat/", wechat.bound, name="wechat"),
    path("me/identity/", identity.identity, name="identity"),
    path("orders/pick/", filing.pick, name="pick"),
    path("complaints/new/", RedirectView.as_view(pattern_name="portal:pick")),
    path("complaints/new/type/", filing.kind, name="type"),
    path("complaints/new/details/", filing.details, name="details"),
    path("complaints/new/details/files/", filing.upload, name="upload"),
    path("complaints/new/remedy/", filing.remedy, name="remedy"),
    path("complaints/new/check/", filing.check, name="check"),
    path("complaints/new/saved/", filing.saved, name="saved"),
    path("complaints/new/discard/", filing.discard, name="discard"),
    path("services/new/", requests.service, name="service"),
    path("suggestions/new/", requests.suggest, name="suggest"),
    path("complaints/", progress.mine, name="mine"),
    path("complaints/<str:number>/", progress.progress, name="progress"),
    path("services/<str:number>/", progress.progress, name="service_progress"),
    path("complaints/<str:number>/done/", progress.done, name="done"),
    path("complaints/<str:number>/order/", ordering.order, name="order"),
    path("complaints/<str:number>/timeline/", progress.timeline, name="timeline"),
    path("complaints/<str:number>/result/", progress.result, name="result"),
    path("complaints/<str:number>/evidence/", steps.evidence, name="evidence"),
    path("complaints/<str:number>/confirm/", steps.confirm, name="confirm"),
    path("complaints/<str:number>/rate/", steps.rate, name="rate"),
    path("complaints/<str:number>/urge/", urging.urge, name="urge"),
    path("complaints/<str:number>/appeal/", appealing.appeal, name="appeal"),
    path("complaints/<str:number>/appeals/<str:ref>/", appealing.one, name="appealed"),
    *(_step(action) for action in steps.PAGES),
    path("complaints/<str:number>/evidence/files/", steps.evidence_files, name="evidence_files"),
    path("f/<str:token>", files.file, name="file"),
    path("u/<str:token>", arriving.one, name="coming"),
]
