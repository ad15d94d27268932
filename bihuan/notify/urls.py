"""Where messages are read: mounted at the root, since both faces have their own."""

from __future__ import annotations

from django.urls import path

from bihuan.notify import api, views

app_name = "notify"
urlpatterns = [
    path("api/v1/messages/sms/<str:secret>", api.sms_reports, name="sms_reports"),
    path("api/v1/messages/receipts", api.receipts, name="receipts"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read, name="read_all"),
    path("notifications/<int:id>/read/", views.read, name="read"),
    path("desk/notices/", views.notices, name="notices"),
    path("desk/messages/", views.failures, name="failures"),
    path("desk/messages/<int:id>/resend/", views.resend, name="resend"),
    path("mailbox/", views.letters, name="mailbox"),
    path("mailbox/write/", views.write, name="write"),
    path("mailbox/<str:name>/", views.letter, name="letter"),
]
