"""The URLs of stream health."""

from django.urls import path

from monitoring import board_views, views
from monitoring.alert_pages.alarm_views import (
    account_alarm_file,
    account_alarms,
    alarms,
    stream_alarm_file,
    stream_alarms,
)
from monitoring.alert_pages.threshold_views import alert_thresholds, stream_alerts
from monitoring.alert_pages.views import alert, alerts, all_alerts
from monitoring.delivery_pages.views import deliveries, put_back
from monitoring.diagnosis_page.views import diagnosis
from monitoring.estimate_page.views import stream_estimate
from monitoring.expected_hours.views import expected_hours
from monitoring.field_pages.views import fields
from monitoring.history_pages.views import records
from monitoring.key_views import shard_of_key
from monitoring.range_views import time_range
from monitoring.read_audit_pages.export import record_reads_csv
from monitoring.read_audit_pages.views import record_reads
from monitoring.record_access_pages.download import newest_records
from monitoring.record_access_pages.unmask import unmask
from monitoring.record_access_pages.views import record_access
from monitoring.record_pages.views import record, record_bytes
from monitoring.report_pages.views import monthly_report, monthly_reports
from monitoring.shard_views import shards
from monitoring.stream_view_pages.views import saved_views
from monitoring.wall_pages import views as wall_pages
from monitoring.wall_pages.screen import wall

urlpatterns = [
    path("board/", board_views.board, name="board"),
    path("board/wall-displays/", wall_pages.all_wall_links, name="all_wall_links"),
    path("board/wall-displays/new/", wall_pages.all_wall_link_new, name="all_wall_link_new"),
    path("wall/<str:token>/", wall, name="wall"),
    path("t/<slug:slug>/wall-displays/", wall_pages.tenant_wall_links, name="wall_links"),
    path("t/<slug:slug>/wall-displays/new/", wall_pages.tenant_wall_link_new, name="wall_link_new"),
    path("alerts/", all_alerts, name="all_alerts"),
    path("t/<slug:slug>/alarms/", alarms, name="alarms"),
    path("t/<slug:slug>/alarms/<slug:account>/<slug:region>/", account_alarms, name="account_alarms"),
    path(
        "t/<slug:slug>/alarms/<slug:account>/<slug:region>/<slug:form>/", account_alarm_file, name="account_alarm_file"
    ),
    path("t/<slug:slug>/alerts/", alerts, name="alerts"),
    path("t/<slug:slug>/alerts/thresholds/", alert_thresholds, name="alert_thresholds"),
    path("t/<slug:slug>/alerts/<slug:uid>/", alert, name="alert"),
    path("t/<slug:slug>/record-access/", record_access, name="record_access"),
    path("t/<slug:slug>/record-reads/", record_reads, name="record_reads"),
    path("t/<slug:slug>/record-reads.csv", record_reads_csv, name="record_reads_csv"),
    path("t/<slug:slug>/reports/", monthly_reports, name="monthly_reports"),
    path("t/<slug:slug>/reports/<slug:month>/", monthly_report, name="monthly_report"),
    path("t/<slug:slug>/streams/", board_views.streams, name="streams"),
    path("t/<slug:slug>/streams/<slug:uid>/", views.stream, name="stream"),
    path("t/<slug:slug>/streams/<slug:uid>/alarms/", stream_alarms, name="stream_alarms"),
    path("t/<slug:slug>/streams/<slug:uid>/alarms/<slug:form>/", stream_alarm_file, name="stream_alarm_file"),
    path("t/<slug:slug>/streams/<slug:uid>/alerts/", stream_alerts, name="stream_alerts"),
    path("t/<slug:slug>/streams/<slug:uid>/deliveries/", deliveries, name="stream_deliveries"),
    path("t/<slug:slug>/streams/<slug:uid>/deliveries/<str:delivery>/put-back/", put_back, name="put_back"),
    path("t/<slug:slug>/streams/<slug:uid>/diagnosis/", diagnosis, name="diagnosis"),
    path("t/<slug:slug>/streams/<slug:uid>/estimate/", stream_estimate, name="stream_estimate"),
    path("t/<slug:slug>/streams/<slug:uid>/expected-hours/", expected_hours, name="expected_hours"),
    path("t/<slug:slug>/streams/<slug:uid>/fields/", fields, name="fields"),
    path("t/<slug:slug>/streams/<slug:uid>/shard-of/", shard_of_key, name="shard_of"),
    path("t/<slug:slug>/streams/<slug:uid>/newest-records.jsonl", newest_records, name="newest_records"),
    path("t/<slug:slug>/streams/<slug:uid>/unmask/", unmask, name="unmask"),
    path("t/<slug:slug>/streams/<slug:uid>/record/", record, name="record"),
    path("t/<slug:slug>/streams/<slug:uid>/record/bytes/", record_bytes, name="record_bytes"),
    path("t/<slug:slug>/streams/<slug:uid>/records/", records, name="records"),
    path("t/<slug:slug>/streams/<slug:uid>/views/", saved_views, name="stream_views"),
    path("t/<slug:slug>/streams/<slug:uid>/shards/", shards, name="shards"),
    path("t/<slug:slug>/streams/<slug:uid>/metrics/", time_range, name="time_range"),
]
