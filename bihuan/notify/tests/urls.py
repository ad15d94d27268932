"""The pages of this room alone."""

from django.urls import include, path

urlpatterns = [path("", include("bihuan.notify.urls"))]
