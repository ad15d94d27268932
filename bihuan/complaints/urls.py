"""Where missed deadlines are answered for: mounted at /desk/accountability/."""

from __future__ import annotations

from django.urls import path

from bihuan.complaints.views import appeals, measures, records

app_name = "complaints"
urlpatterns = [
    path("", records.records, name="records"),
    path("<int:id>/", records.record, name="record"),
    path("<int:id>/sign/", records.sign, name="sign"),
    path("<int:id>/appeal/", appeals.appeal, name="appeal"),
    path("<int:id>/decide/", appeals.decide, name="decide"),
    path("<int:id>/measures/new/", measures.new, name="measure_new"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<int:id>/", measures.measure, name="measure"),
    path("measures/<int:id>/return/", measures.send_back, name="measure_return"),
    path("measures/<int:id>/verify/", measures.verify, name="measure_verify"),
]
