"""Where a person chats, and where the desk answers."""

from __future__ import annotations

from django.urls import path

from bihuan.chat.views import desk, desk_steps, files, live, talk

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
    path("chat/<int:id>/contact/", talk.contact, name="contact"),
    path("chat/<int:id>/rate/", talk.rate, name="rate"),
    path("chat/<int:id>/files/<str:token>/", files.file, name="file"),
    path("desk/chat/", desk.index, name="desk"),
    path("desk/chat/rows/", desk.rows, name="desk_rows"),
    path("desk/chat/beat/", desk.beat, name="beat"),
    path("desk/chat/attend/", desk_steps.attend, name="attend"),
    path("desk/chat/team/", desk_steps.team, name="team"),
    path("desk/chat/team/<int:staff_id>/limit/", desk_steps.limit, name="limit"),
    path("desk/chat/team/<int:staff_id>/stop/", desk_steps.stop, name="stop"),
    path("desk/chat/<int:id>/", desk.chat, name="desk_chat"),
    path("desk/chat/<int:id>/part/", desk.part, name="desk_part"),
    path("desk/chat/<int:id>/say/", desk.say, name="desk_say"),
    path("desk/chat/<int:id>/typing/", desk.typing, name="desk_typing"),
    path("desk/chat/<int:id>/read/", desk.read, name="desk_read"),
    path("desk/chat/<int:id>/macro/", desk.insert, name="desk_macro"),
    path("desk/chat/<int:id>/macros/", desk.chat, name="macros"),
    path("desk/chat/<int:id>/macros/<int:macro_id>/", desk.macro, name="macro"),
    path("desk/chat/<int:id>/hand/", desk_steps.hand, name="hand"),
    path("desk/chat/<int:id>/line/", desk_steps.line, name="line"),
    path("desk/chat/<int:id>/tie/", desk_steps.tie, name="tie"),
    path("desk/chat/<int:id>/case/", desk_steps.case, name="case"),
    path("desk/chat/<int:id>/reveal/", desk_steps.reveal, name="reveal"),
    path("desk/chat/<int:id>/<str:action>/", desk_steps.press, name="press"),
]
