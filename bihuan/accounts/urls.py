"""The addresses of this room; included before allauth's, whose open doors it shuts."""

from __future__ import annotations

from django.urls import path, re_path

from bihuan.accounts import views

app_name = "accounts"
urlpatterns = [
    path("signin/", views.signin, name="signin"),
    path("signin/case/", views.case, name="case"),
    path("s/<str:token>/", views.link, name="link"),
    path("signout/", views.signout, name="signout"),
    path("staff/start/<str:token>/", views.start, name="start"),
    re_path(r"^staff/(?:signup|email|confirm-email|password/reset)(?:/|$)", views.gone),
]
