"""Where people find the ways to reach the house, and staff how they stand."""

from __future__ import annotations

from django.urls import path

from bihuan.channels.views import desk, entry, report, widget

app_name = "channels"
HERE = "desk/channels/"
urlpatterns = [
    path("contact/", entry.contact, name="contact"),
    path("contact/poster.pdf", entry.poster, name="poster"),
    path("contact/<slug:channel>.svg", entry.code, name="code"),
    path("widget/", widget.window, name="widget"),
    path("widget.js", widget.script, name="widget_script"),
    path(HERE, desk.index, name="index"),
    path(f"{HERE}report/", report.report, name="report"),
    path(f"{HERE}report/cases/", report.behind, name="behind"),
    path(f"{HERE}report/export/", report.export, name="export"),
    path(f"{HERE}outages/new/", desk.announce, name="announce"),
    path(f"{HERE}outages/<int:id>/take-back/", desk.take_back, name="take_back"),
    path(f"{HERE}contact/<slug:channel>/", desk.published, name="published"),
    path(f"{HERE}contact/<slug:channel>/take-back/", desk.undo, name="undo"),
]
