"""Where calls are told of, listed, noted and called back."""

from __future__ import annotations

from django.urls import path

from bihuan.phone import api
from bihuan.phone.views import backs, calls, lines

app_name = "phone"
HERE = "desk/calls/"
urlpatterns = [
    path("api/v1/calls/events", api.events, name="events"),
    path(HERE, calls.index, name="index"),
    path(f"{HERE}ringing/", calls.ringing, name="ringing"),
    path(f"{HERE}extensions/", lines.extensions, name="extensions"),
    path(f"{HERE}extensions/remove/", lines.remove, name="extension_remove"),
    path(f"{HERE}<int:id>/", calls.one, name="call"),
    path(f"{HERE}<int:id>/note/", calls.note, name="note"),
    path(f"{HERE}<int:id>/link/", calls.link, name="link"),
    path(f"{HERE}<int:id>/unlink/", calls.unlink, name="unlink"),
    path(f"{HERE}<int:id>/reveal/<slug:field>/", calls.reveal, name="reveal"),
    path(f"{HERE}<int:id>/promise/", backs.promise, name="promise"),
    path(f"{HERE}backs/<int:id>/", backs.attempt, name="back"),
    path(f"{HERE}backs/<int:id>/drop/", backs.drop, name="back_drop"),
    path(f"{HERE}backs/<int:id>/hand/", backs.hand, name="back_hand"),
    path(f"{HERE}backs/<int:id>/reopen/", backs.reopen, name="back_reopen"),
]
