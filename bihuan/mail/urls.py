"""Where mails are looked at."""

from __future__ import annotations

from django.urls import path

from bihuan.mail import views

app_name = "mail"
urlpatterns = [
    path("", views.listed, name="listed"),
    path("<int:id>/", views.one, name="one"),
]
