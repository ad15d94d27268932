"""Where special reports are written and read: mounted at /desk/reports/special/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints.views import reports

app_name = "reports"
urlpatterns = [
    path("", reports.special, name="special"),
    path("<int:id>/", reports.report, name="report"),
    path("<int:id>/return/", reports.send_back, name="return"),
    path("<int:id>/sign/", reports.sign, name="sign"),
    path("<int:id>/pdf/", reports.paper, name="paper"),
]
