"""The desk's addresses (UI.md §9)."""

from __future__ import annotations

from django.urls import path

from bihuan.desk import (
    acting,
    alike,
    bulk,
    calendar,
    dashboard,
    saved,
    searching,
    serial,
    sharing,
    views,
)

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<str:number>/", views.opened, name="open"),
    path("cases/new/", acting.new, name="new"),
    path("cases/new/alike/", alike.while_writing, name="alike"),
    path("cases/<str:number>/", views.case_page, name="case"),
    path("cases/<str:number>/decide/", acting.decide, name="decide"),
    path("cases/<str:number>/reveal/", views.reveal, name="reveal"),
    path("cases/<str:number>/order/", views.order, name="order"),
    path("cases/<str:number>/do/add_material/", acting.add_material, name="material"),
    path("cases/<str:number>/do/<str:action>/", acting.act, name="act"),
    path("cases/<str:number>/measures/<int:measure>/done/", acting.measure_done, name="measure"),
    path("held/<int:held>/undo/", acting.undo, name="undo"),
    path("held/<int:held>/drop/", acting.drop, name="drop"),
    path("cases/<str:number>/tasks/new/", sharing.give, name="give"),
    path("tasks/", sharing.mine, name="tasks"),
    path("tasks/<int:id>/", sharing.task, name="task"),
    path("tasks/<int:id>/<str:action>/", sharing.task, name="task_act"),
    path("cases/<str:number>/print/", views.case_print, name="print"),
    path("calendar/", calendar.index, name="calendar"),
    path("calendar/<int:id>/", calendar.year_page, name="calendar_year"),
    path("calendar/<int:id>/approve/", calendar.approve, name="calendar_approve"),
    path("calendar/<int:id>/drop/", calendar.drop, name="calendar_drop"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/runs/", bulk.runs, name="bulk_runs"),
    path("bulk/<int:run_id>/", bulk.run, name="bulk_run"),
    path("bulk/<int:run_id>/undo/", bulk.undo, name="bulk_undo"),
    path("bulk/<int:run_id>/back/", bulk.back, name="bulk_back"),
    path("views/", saved.views, name="views"),
    path("views/new/", saved.new, name="view_new"),
    path("views/counts/", saved.counts, name="view_counts"),
    path("views/<int:view_id>/", saved.change, name="view"),
    path("views/<int:view_id>/move/", saved.move, name="view_move"),
    path("views/<int:view_id>/start/", saved.start, name="view_start"),
    path("views/<int:view_id>/delete/", saved.delete, name="view_delete"),
    path("keys/", views.keys, name="keys"),
    path("serial/", serial.serial, name="serial"),
    path("search/", searching.search, name="search"),
]
