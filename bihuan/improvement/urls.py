"""Where the committee meets, feedback is sorted, and everybody reads what was decided."""

from __future__ import annotations

from django.urls import path

from bihuan.improvement.views import committee, decisions, feedback, meetings, public

app_name = "improvement"
HERE = "desk/committee/"
urlpatterns = [
    path("committee/", public.committee, name="public"),
    path(HERE, committee.index, name="committee"),
    path(f"{HERE}seats/new/", committee.appoint, name="appoint"),
    path(f"{HERE}seats/<int:id>/end/", committee.end_seat, name="end_seat"),
    path(f"{HERE}meetings/new/", committee.call, name="call"),
    path(f"{HERE}meetings/<int:id>/", meetings.meeting, name="meeting"),
    path(f"{HERE}meetings/<int:id>/items/", meetings.put_item, name="put_item"),
    path(f"{HERE}meetings/<int:id>/attendance/", meetings.attend, name="attend"),
    path(f"{HERE}meetings/<int:id>/close/", meetings.close, name="close"),
    path(f"{HERE}meetings/<int:id>/call-off/", meetings.call_off, name="call_off"),
    path(f"{HERE}items/<int:id>/", decisions.decide, name="decide"),
    path(f"{HERE}items/<int:id>/recuse/", decisions.recuse, name="recuse"),
    path(f"{HERE}decisions/<int:id>/", decisions.decision, name="decision"),
    path(f"{HERE}decisions/<int:id>/publish/", decisions.publish, name="publish"),
    path(f"{HERE}decisions/<int:id>/finish/", decisions.finish, name="finish"),
    path("desk/feedback/", feedback.board, name="feedback"),
    path("desk/feedback/<str:number>/", feedback.triage, name="triage"),
    path("desk/feedback/<str:number>/plan/", feedback.plan, name="plan"),
]
