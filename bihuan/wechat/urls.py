"""Where WeChat speaks to us."""

from __future__ import annotations

from django.urls import path

from bihuan.wechat import api

app_name = "wechat"
urlpatterns = [path("api/v1/wechat", api.messages, name="messages")]
