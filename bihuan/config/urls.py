"""Where the rooms open to the street."""

from __future__ import annotations

from django.urls import include, path

from bihuan.config import api, health
from bihuan.web import views

urlpatterns = [
    path("api/v1/", include(api.urlpatterns)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("bihuan.accounts.urls")),  # before allauth, whose open doors it shuts
    path("staff/", include("allauth.urls")),
    path("", include("bihuan.improvement.urls")),
    path("", include("bihuan.integrations.urls")),
    path("", include("bihuan.phone.urls")),
    path("", include("bihuan.counter.urls")),
    path("", include("bihuan.channels.urls")),
    path("", include("bihuan.chat.urls")),
    path("", include("bihuan.wechat.urls")),
    path("desk/accountability/", include("bihuan.complaints.urls")),
    path("desk/reports/special/", include("bihuan.complaints.special_urls")),
    path("desk/reports/", include("bihuan.complaints.report_urls")),
    path("desk/mail/", include("bihuan.mail.urls")),
    path("desk/appeals/", include("bihuan.appeals.urls")),
    path("desk/", include("bihuan.desk.urls")),
    path("", include("bihuan.notify.urls")),
    path("", include("bihuan.web.urls")),
    path("", include("bihuan.portal.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
