"""Where special reports are written and read: mounted at /desk/reports/special/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints.views import special

app_name = "special"
urlpatterns = [
    path("", special.special, name="special"),
    path("<int:id>/", special.report, name="report"),
    path("<int:id>/return/", special.send_back, name="return"),
    path("<int:id>/sign/", special.sign, name="sign"),
    path("<int:id>/pdf/", special.paper, name="paper"),
]
