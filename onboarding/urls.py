"""Every page of onboarding."""

from django.urls import path

from onboarding.views import estimate, export, networks, self_managed
from onboarding.views.connections import administrator, connection
from onboarding.views.credentials import (
    access_key,
    access_keys,
    download,
    key_addresses,
    key_mail,
    key_trail,
    pgp_keys,
    possession,
    producer_roles,
    rotations,
    vendor_events,
    vendor_key_reports,
    vendor_keys,
)
from onboarding.views.integrations import activity, activity_export, drift, integration, overview, policies, runs
from onboarding.views.wizard import deliveries, review, setup

urlpatterns = [
    path("api/v1/vendor-events", vendor_events.vendor_events, name="vendor_events"),
    path("api/v1/vendor-keys", vendor_keys.vendor_keys, name="vendor_keys"),
    path("api/v1/vendor-keys/<slug:uid>", vendor_keys.vendor_key, name="vendor_key"),
    path("api/v1/vendor-keys/<slug:uid>/in-use", vendor_key_reports.vendor_key_in_use, name="vendor_key_in_use"),
    path("api/v1/vendor-keys/<slug:uid>/rejected", vendor_key_reports.vendor_key_rejected, name="vendor_key_rejected"),
    path("api/v1/producer-roles", producer_roles.producer_roles, name="producer_roles"),
    path("api/v1/producer-roles/<slug:uid>", producer_roles.producer_role, name="producer_role"),
    path("api/v1/producer-roles/<slug:uid>/report", producer_roles.producer_role_report, name="producer_role_report"),
    path("aws-administrator/<str:token>/", administrator.administrator, name="administrator"),
    path(
        "aws-administrator/<str:token>/sluice-access.yaml",
        administrator.administrator_file,
        {"form": "role_template"},
        name="administrator_template",
    ),
    path(
        "aws-administrator/<str:token>/sluice-access.sh",
        administrator.administrator_file,
        {"form": "role_script"},
        name="administrator_script",
    ),
    path(
        "aws-administrator/<str:token>/sluice-access.tf",
        administrator.administrator_file,
        {"form": "role_terraform"},
        name="administrator_terraform",
    ),
    path("networks/", networks.networks, name="networks"),
    path("t/<slug:slug>/estimate/", estimate.estimate, name="estimate"),
    path("t/<slug:slug>/", overview.tenant_home, name="tenant_home"),
    path("t/<slug:slug>/activity/", activity.activity, name="activity"),
    path("t/<slug:slug>/activity.csv", activity_export.activity_file, {"form": "csv"}, name="activity_csv"),
    path("t/<slug:slug>/activity.jsonl", activity_export.activity_file, {"form": "jsonl"}, name="activity_jsonl"),
    path("t/<slug:slug>/keys/", pgp_keys.pgp_keys, name="pgp_keys"),
    path("t/<slug:slug>/keys/<slug:uid>/confirm/", pgp_keys.pgp_key_confirm, name="pgp_key_confirm"),
    path("t/<slug:slug>/keys/<slug:uid>/test-message/", possession.possession, name="possession"),
    path("t/<slug:slug>/keys/<slug:uid>/test-message.asc", possession.possession_file, name="possession_file"),
    path("t/<slug:slug>/keys/<slug:uid>/mail/", key_mail.key_mail, name="key_mail"),
    path("t/<slug:slug>/keys/<slug:uid>/remove/", pgp_keys.pgp_key_remove, name="pgp_key_remove"),
    path(
        "t/<slug:slug>/connect/<slug:uid>/sluice-access.yaml",
        connection.role_file,
        {"form": "role_template"},
        name="role_template",
    ),
    path(
        "t/<slug:slug>/connect/<slug:uid>/sluice-access.sh",
        connection.role_file,
        {"form": "role_script"},
        name="role_script",
    ),
    path(
        "t/<slug:slug>/connect/<slug:uid>/sluice-access.tf",
        connection.role_file,
        {"form": "role_terraform"},
        name="role_terraform",
    ),
    path("t/<slug:slug>/connections/<slug:uid>/", connection.connection, name="connection"),
    path(
        "t/<slug:slug>/connections/<slug:uid>/permission-report.json",
        connection.connection_report,
        name="connection_report",
    ),
    path("t/<slug:slug>/integrations/new/", setup.integration_new, name="integration_new"),
    path("t/<slug:slug>/integrations/<slug:uid>/", integration.integration, name="integration"),
    path("t/<slug:slug>/integrations/<slug:uid>/change/", integration.integration_change, name="integration_change"),
    path("t/<slug:slug>/integrations/<slug:uid>/drift/", drift.drift_section, name="drift_section"),
    path("t/<slug:slug>/integrations/<slug:uid>/drift/check/", drift.drift_check, name="drift_check"),
    path("t/<slug:slug>/integrations/<slug:uid>/drift/<int:pk>/accept/", drift.drift_accept, name="drift_accept"),
    path("t/<slug:slug>/integrations/<slug:uid>/repair/", drift.integration_repair, name="integration_repair"),
    path("t/<slug:slug>/integrations/<slug:uid>/remove/", integration.integration_remove, name="integration_remove"),
    path("t/<slug:slug>/integrations/<slug:uid>/forget/", integration.integration_abandon, name="integration_abandon"),
    path("t/<slug:slug>/integrations/<slug:uid>/setup/<slug:page>/", setup.setup, name="setup"),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/setup/delivery/<slug:key>/", deliveries.delivery_page_of, name="delivery"
    ),
    path("t/<slug:slug>/integrations/<slug:uid>/discard/", setup.integration_discard, name="integration_discard"),
    path("t/<slug:slug>/integrations/<slug:uid>/start/", review.integration_start, name="integration_start"),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/self-managed/",
        self_managed.integration_self_manage,
        name="integration_self_manage",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/self-managed/key/",
        self_managed.self_managed_key,
        name="self_managed_key",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/self-managed/watch/",
        self_managed.self_managed_watch,
        name="self_managed_watch",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/self-managed/end/",
        self_managed.self_managed_end,
        name="self_managed_end",
    ),
    path("t/<slug:slug>/integrations/<slug:uid>/spec.yaml", review.spec_yaml, name="spec_yaml"),
    path("t/<slug:slug>/integrations/<slug:uid>/export/<slug:form>/", export.export_file, name="export_file"),
    path("t/<slug:slug>/integrations/<slug:uid>/policies/", policies.policies, name="policies"),
    path("t/<slug:slug>/integrations/<slug:uid>/policies/<slug:key>.json", policies.policy_file, name="policy_file"),
    path("t/<slug:slug>/integrations/<slug:uid>/credentials/", access_key.credentials, name="credentials"),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/credentials/<slug:copy_uid>.asc",
        download.copy_download,
        name="copy_download",
    ),
    path("t/<slug:slug>/access-keys/", access_keys.access_keys, name="access_keys"),
    path("t/<slug:slug>/access-keys/schedule/", access_keys.key_policy, name="key_policy"),
    path("t/<slug:slug>/integrations/<slug:uid>/access-key/rotate/", rotations.key_rotate, name="key_rotate"),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/rotation/", rotations.rotation_change, name="rotation_change"
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/<slug:key_uid>/revoke/",
        rotations.key_revoke,
        name="key_revoke",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/<slug:key_uid>/agree/",
        rotations.revocation_agree,
        name="revocation_agree",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/<slug:key_uid>/cloudtrail/",
        key_trail.key_trail_read,
        name="key_trail_read",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/<slug:key_uid>/events/",
        key_trail.key_events_read,
        name="key_events_read",
    ),
    path(
        "t/<slug:slug>/integrations/<slug:uid>/access-key/addresses/<slug:address_uid>/accept/",
        key_addresses.key_address_accept,
        name="key_address_accept",
    ),
    path("t/<slug:slug>/runs/<int:pk>/", runs.run, name="run"),
    path("t/<slug:slug>/runs/<int:pk>/steps/", runs.run_steps, name="run_steps"),
    path("t/<slug:slug>/runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
    path("t/<slug:slug>/runs/<int:pk>/verify/", runs.run_verify, name="run_verify"),
    path("t/<slug:slug>/runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
]
