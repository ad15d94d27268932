"""The desk's addresses (UI.md §9)."""

from __future__ import annotations

from django.urls import path

from bihuan.desk import access, acting, dashboard, here, keys, macros, palette, snoozing, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<str:number>/", views.opened, name="open"),
    path("cases/new/", acting.new, name="new"),
    path("cases/<str:number>/", views.case_page, name="case"),
    path("cases/<str:number>/decide/", acting.decide, name="decide"),
    path("cases/<str:number>/reveal/", views.reveal, name="reveal"),
    path("cases/<str:number>/order/", views.order, name="order"),
    path("cases/<str:number>/do/add_material/", acting.add_material, name="material"),
    path("cases/<str:number>/do/<str:action>/", acting.act, name="act"),
    path("cases/<str:number>/measures/<int:measure>/done/", acting.measure_done, name="measure"),
    path("held/<int:held>/undo/", acting.undo, name="undo"),
    path("held/<int:held>/drop/", acting.drop, name="drop"),
    path("cases/<str:number>/print/", views.case_print, name="print"),
    path("cases/<str:number>/macros/<int:macro>/", macros.filled, name="macro_filled"),
    path("cases/<str:number>/macro/", macros.insert, name="macro_insert"),
    path("cases/<str:number>/access/", access.access, name="access"),
    path("cases/<str:number>/here/", here.here, name="here"),
    path("cases/<str:number>/snooze/", snoozing.snooze, name="snooze"),
    path("cases/<str:number>/wake/", snoozing.wake, name="wake"),
    path("colleagues/", here.colleagues, name="colleagues"),
    path("macros/", macros.listed, name="macros"),
    path("macros/new/", macros.edit, name="macro_new"),
    path("macros/preview/", macros.preview, name="macro_preview"),
    path("macros/<int:macro>/", macros.edit, name="macro"),
    path("macros/<int:macro>/delete/", macros.delete, name="macro_delete"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("keys/", keys.keys, name="keys"),
    path("keys/switch/", keys.switch, name="keys_switch"),
    path("palette/", palette.palette, name="palette"),
]
