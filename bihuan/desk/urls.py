"""The desk's addresses (UI.md §9)."""

from __future__ import annotations

from django.urls import path

from bihuan.desk import acting, dashboard, routing, team, views

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
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("routing/", routing.rules, name="routing"),
    path("routing/try/", routing.trial, name="routing_try"),
    path("routing/drop/", routing.drop, name="routing_drop"),
    path("routing/rules/new/", routing.rule, name="rule_new"),
    path("routing/rules/<int:place>/", routing.rule, name="rule"),
    path("routing/rules/<int:place>/move/", routing.move, name="rule_move"),
    path("routing/rules/<int:place>/remove/", routing.remove, name="rule_remove"),
    path("routing/versions/<int:version>/", routing.version, name="routing_version"),
    path("team/", team.team, name="team"),
    path("team/rebalance/", team.rebalance, name="rebalance"),
    path("team/demands/", team.demands, name="demands"),
    path("team/<int:staff_id>/", team.person, name="person"),
    path("team/<int:staff_id>/duty/", team.duty, name="duty"),
    path("team/<int:staff_id>/shifts/", team.shifts, name="shifts"),
    path("team/<int:staff_id>/absent/", team.absent, name="absent"),
    path("team/<int:staff_id>/hand-over/", team.hand_over, name="hand_over"),
    path("team/<int:staff_id>/skills/", team.skill, name="skill"),
    path("team/absences/<int:absence>/end/", team.back, name="back"),
    path("team/skills/<int:held>/drop/", team.drop_skill, name="skill_drop"),
    path("keys/", views.keys, name="keys"),
]
