"""Where the reports are read: mounted at /desk/reports/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints.views import exports, judged, loop, reports

app_name = "reports"
urlpatterns = [
    path("", reports.index, name="index"),
    path("on-time/", reports.on_time, name="on_time"),
    path("on-time/cases/", judged.dues, name="dues"),
    path("accountability/", reports.answered, name="answered"),
    path("export/", exports.export, name="export"),
    path("loop/", loop.loop, name="loop"),
    path("drift/", reports.drift, name="drift"),
]
