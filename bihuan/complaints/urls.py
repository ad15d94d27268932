"""Where missed deadlines are answered for: mounted at /desk/accountability/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints.views import records

app_name = "complaints"
urlpatterns = [
    path("", records.records, name="records"),
    path("<int:id>/", records.record, name="record"),
    path("<int:id>/sign/", records.sign, name="sign"),
]
