"""Where a person chats, and where the desk answers."""

from __future__ import annotations

from django.urls import path

from bihuan.chat.views import files, live, talk

app_name = "chat"
urlpatterns = [
    path("live/chat/<int:id>/", live.stream, name="live"),
    path("chat/", talk.start, name="start"),
    path("chat/ask/", talk.ask, name="ask"),
    path("chat/<int:id>/", talk.talk, name="talk"),
    path("chat/<int:id>/part/", talk.part, name="part"),
    path("chat/<int:id>/say/", talk.say, name="say"),
    path("chat/<int:id>/typing/", talk.typing, name="typing"),
    path("chat/<int:id>/read/", talk.read, name="read"),
    path("chat/<int:id>/person/", talk.person, name="person"),
    path("chat/<int:id>/finish/", talk.finish, name="finish"),
    path("chat/<int:id>/reopen/", talk.reopen, name="reopen"),
    path("chat/<int:id>/leave/", talk.leave, name="leave"),
    path("chat/<int:id>/rate/", talk.rate, name="rate"),
    path("chat/<int:id>/files/<str:token>/", files.file, name="file"),
]
