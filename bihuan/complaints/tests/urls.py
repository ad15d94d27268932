"""The pages of this room alone, at their place."""

from django.urls import include, path

urlpatterns = [path("desk/accountability/", include("bihuan.complaints.urls"))]
