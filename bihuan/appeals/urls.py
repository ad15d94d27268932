"""Where appeals are reviewed: mounted at /desk/appeals/ (UI.md §9)."""

from __future__ import annotations

from django.urls import path

from bihuan.appeals import views

app_name = "appeals"
urlpatterns = [
    path("", views.index, name="index"),
    path("interests/", views.interests, name="interests"),
    path("interests/<int:id>/end/", views.end_interest, name="end_interest"),
    path("<str:ref>/", views.appeal, name="appeal"),
    path("<str:ref>/<str:action>/", views.step, name="step"),
]
