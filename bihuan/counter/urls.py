"""Where visitors find a service point, the screen its queue, and the clerks their desk."""

from __future__ import annotations

from django.urls import path

from bihuan.counter.views import booking, display, points, queue, visits

app_name = "counter"
HERE = "desk/counter/"
urlpatterns = [
    path("counter/", booking.index, name="home"),
    path("counter/<int:id>/", booking.here, name="here"),
    path("counter/<int:id>/display/", display.display, name="display"),
    path("counter/<int:id>/book/", booking.days, name="book"),
    path("counter/<int:id>/book/<str:day>/", booking.times, name="times"),
    path("counter/<int:id>/book/<str:day>/<str:time>/", booking.details, name="details"),
    path("counter/q/<str:token>/", display.place, name="place"),
    path("counter/booked/<str:token>/", booking.booked, name="booked"),
    path("counter/booked/<str:token>/calendar.ics", booking.calendar, name="calendar"),
    path("counter/booked/<str:token>/move/", booking.move_days, name="move"),
    path("counter/booked/<str:token>/move/<str:day>/", booking.move_times, name="move_times"),
    path("counter/booked/<str:token>/cancel/", booking.cancel, name="cancel"),
    path(HERE, queue.index, name="desk"),
    path(f"{HERE}points/", points.index, name="points"),
    path(f"{HERE}points/new/", points.new, name="point_new"),
    path(f"{HERE}points/<int:id>/", points.point, name="point"),
    path(f"{HERE}points/<int:id>/days/", points.set_day, name="set_day"),
    path(f"{HERE}points/<int:id>/days/<str:day>/clear/", points.clear_day, name="clear_day"),
    path(f"{HERE}points/<int:id>/close/", points.close, name="close"),
    path(f"{HERE}points/<int:id>/reopen/", points.reopen, name="reopen"),
    path(f"{HERE}told/", visits.told, name="told"),
    path(f"{HERE}told/<int:id>/", visits.tell, name="tell"),
    path(f"{HERE}visits/<int:id>/", visits.visit, name="visit"),
    path(f"{HERE}visits/<int:id>/slips/<str:number>/", visits.slip, name="slip"),
    path(f"{HERE}visits/<int:id>/transfer/", queue.transfer, name="transfer"),
    path(f"{HERE}visits/<int:id>/do/<str:action>/", queue.step, name="step"),
    path(f"{HERE}appointments/<int:id>/check-in/", queue.check_in, name="check_in"),
    path(f"{HERE}appointments/<int:id>/do/<str:action>/", queue.booking, name="booking"),
    path(f"{HERE}<int:id>/", queue.point, name="queue"),
    path(f"{HERE}<int:id>/take/", queue.take, name="take"),
    path(f"{HERE}<int:id>/next/", queue.call, name="call"),
]
