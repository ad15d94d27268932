"""Where missed deadlines are answered for: mounted at /desk/accountability/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.records, name="records"),
    path("<int:id>/", views.record, name="record"),
    path("<int:id>/sign/", views.sign, name="sign"),
]
