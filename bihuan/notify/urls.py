"""Where messages are read: mounted at the root, since both faces have their own."""

from __future__ import annotations

from django.urls import path

from bihuan.notify import api
from bihuan.notify.views import fates, reading, templates, wishes

app_name = "notify"
urlpatterns = [
    path("api/v1/messages/sms/<str:secret>", api.sms_reports, name="sms_reports"),
    path("api/v1/messages/receipts", api.receipts, name="receipts"),
    path("notifications/", reading.notifications, name="notifications"),
    path("notifications/read/", reading.read, name="read_all"),
    path("notifications/<int:id>/read/", reading.read, name="read"),
    path("unsubscribe/<str:token>/", wishes.unsubscribe, name="unsubscribe"),
    path("desk/notices/", reading.notices, name="notices"),
    path("desk/notices/settings/", wishes.mine, name="wishes"),
    path("desk/messages/", fates.listed, name="messages"),
    path("desk/messages/<int:id>/", fates.one, name="message"),
    path("desk/messages/<int:id>/resend/", fates.resend, name="resend"),
    path("desk/templates/", templates.listed, name="templates"),
    path("desk/templates/<slug:id>/", templates.one, name="template"),
    path("desk/templates/<slug:id>/letter/", templates.letter, name="template_letter"),
    path("mailbox/", reading.letters, name="mailbox"),
    path("mailbox/write/", reading.write, name="write"),
    path("mailbox/<str:name>/", reading.letter, name="letter"),
]
