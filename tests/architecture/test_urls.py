"""Who gets what at every address: a table of address, method and person. An address that is not in it fails the test.

The people, in the order of the columns: nobody signed in, another tenant's admin, this tenant's viewer, its admin,
and the vendor's support and operators.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from monitoring import wall_links
from onboarding.models.integration import Integration
from portal.accounts import second_factors
from portal.accounts.middleware import OPEN
from portal.accounts.models import SignUpRequest
from portal.tenancy import proof, tokens
from portal.tenancy.models import ApiToken, Tenant
from portal.tenancy.request_scope import COOKIELESS
from tests import row_lock_guard
from tests.answers import missing_headers
from tests.architecture.population import ROLES, Population, populate
from tests.world import PASSWORD


@dataclass(frozen=True)
class Row:
    """One line of the table; `of` names what fills the address, `sent` is a POST's form."""

    method: str
    name: str
    of: str
    expected: tuple[int, int, int, int, int, int]
    sent: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join(filter(None, [self.method, self.name, self.of]))

    @property
    def by_role(self) -> dict[str, int]:
        return dict(zip(ROLES, self.expected, strict=True))


BACK = (("do", "back"),)

# fmt: off
TABLE = (
    #                                            nobody  other's  viewer  admin  support  operator
    Row("GET",  "healthz",           "",          (200,  200,     200,    200,   200,     200)),
    Row("POST", "healthz",           "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "readyz",            "",          (200,  200,     200,    200,   200,     200)),
    Row("POST", "readyz",            "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "csp_report",        "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "csp_report",        "",          (415,  415,     415,    415,   415,     415)),
    Row("GET",  "home",              "",          (302,  302,     302,    302,   302,     302)),
    Row("POST", "home",              "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "login",             "",          (200,  302,     302,    302,   302,     302)),
    Row("POST", "login",             "",          (200,  302,     302,    302,   302,     302)),
    Row("GET",  "logout",            "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "logout",            "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "mfa_authenticate",  "",          (302,  302,     302,    302,   302,     302)),
    Row("POST", "mfa_authenticate",  "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "passkey_sign_in",   "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "passkey_sign_in",   "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "passkey_options",   "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "passkey_options",   "",          (200,  200,     200,    200,   200,     200)),
    Row("GET",  "confirm",           "",          (302,  200,     200,    200,   200,     200)),
    Row("POST", "confirm",           "",          (302,  200,     200,    200,   200,     200)),
    Row("GET",  "sign_up",           "",          (404,  404,     404,    404,   404,     404)),
    Row("POST", "sign_up",           "",          (404,  404,     404,    404,   404,     404)),
    Row("GET",  "security",          "",          (302,  200,     200,    200,   200,     200)),
    Row("POST", "security",          "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "totp_start",        "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "totp_start",        "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "totp_add",          "",          (302,  302,     302,    302,   302,     302)),
    Row("POST", "totp_add",          "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "passkey_add",       "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "passkey_add",       "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "factor_remove",     "a factor",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "factor_remove",     "a factor",  (302,  302,     302,    302,   302,     302)),
    Row("GET",  "sign_on",           "no provider", (404, 404,     404,    404,   404,     404)),
    Row("POST", "sign_on",           "no provider", (405, 405,     405,    405,   405,     405)),
    Row("GET",  "sign_on_link",      "no provider", (405, 405,     405,    405,   405,     405)),
    Row("POST", "sign_on_link",      "no provider", (302, 404,     404,    404,   404,     404)),
    Row("GET",  "sign_on_callback",  "",          (302,  302,     302,    302,   302,     302)),
    Row("POST", "sign_on_callback",  "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "identity_remove",   "a factor",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "identity_remove",   "a factor",  (302,  302,     302,    302,   302,     302)),
    Row("GET",  "recovery_codes",    "",          (302,  200,     200,    200,   200,     200)),
    Row("POST", "recovery_codes",    "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "recovery_codes_new", "",         (405,  405,     405,    405,   405,     405)),
    Row("POST", "recovery_codes_new", "",         (302,  302,     302,    302,   302,     302)),
    Row("GET",  "session_end",       "",          (405,  405,     405,    405,   405,     405)),
    Row("POST", "session_end",       "",          (302,  302,     302,    302,   302,     302)),
    Row("GET",  "token_create",      "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "token_create",      "",          (302,  404,     404,    404,   422,     422)),
    Row("GET",  "token_revoke",      "a factor",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "token_revoke",      "a factor",  (302,  404,     404,    404,   404,     404)),
    Row("GET",  "token",             "",          (401,  401,     401,    401,   401,     401)),
    Row("POST", "token",             "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "vendor_events",     "",          (401,  401,     401,    401,   401,     401)),
    Row("POST", "vendor_events",     "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "vendor_keys",       "",          (401,  401,     401,    401,   401,     401)),
    Row("POST", "vendor_keys",       "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "vendor_key",        "vendor's copy", (401, 401,  401,    401,   401,     401)),
    Row("POST", "vendor_key",        "vendor's copy", (405, 405,  405,    405,   405,     405)),
    Row("GET",  "vendor_key_in_use", "vendor's copy", (405, 405,  405,    405,   405,     405)),
    Row("POST", "vendor_key_in_use", "vendor's copy", (401, 401,  401,    401,   401,     401)),
    Row("GET",  "vendor_key_rejected", "vendor's copy", (405, 405, 405,   405,   405,     405)),
    Row("POST", "vendor_key_rejected", "vendor's copy", (401, 401, 401,   401,   401,     401)),
    Row("GET",  "producer_roles",    "",          (401,  401,     401,    401,   401,     401)),
    Row("POST", "producer_roles",    "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "producer_role",     "role",      (401,  401,     401,    401,   401,     401)),
    Row("POST", "producer_role",     "role",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "producer_role_report", "role",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "producer_role_report", "role",   (401,  401,     401,    401,   401,     401)),
    Row("GET",  "password_change",   "",          (302,  200,     200,    200,   200,     200)),
    Row("POST", "password_change",   "",          (302,  422,     422,    422,   422,     422)),
    Row("GET",  "password_forgotten", "",         (200,  200,     200,    200,   200,     200)),
    Row("POST", "password_forgotten", "",         (302,  302,     302,    302,   302,     302)),
    Row("GET",  "sign_in_settings",  "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "sign_in_settings",  "tenant",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "set_password",      "used link", (200,  200,     200,    200,   200,     200)),
    Row("POST", "set_password",      "used link", (200,  200,     200,    200,   200,     200)),
    Row("GET",  "notifications",     "",          (302,  200,     200,    200,   200,     200)),
    Row("POST", "notifications",     "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "notifications_read", "",         (405,  405,     405,    405,   405,     405)),
    Row("POST", "notifications_read", "",         (302,  302,     302,    302,   302,     302)),
    Row("GET",  "notification_settings", "",      (302,  200,     200,    200,   200,     200)),
    Row("POST", "notification_settings", "",      (302,  302,     302,    302,   302,     302)),
    Row("GET",  "unsubscribe",       "changed token", (404, 404,  404,    404,   404,     404)),
    Row("POST", "unsubscribe",       "changed token", (404, 404,  404,    404,   404,     404)),
    Row("GET",  "webhooks",          "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "webhooks",          "tenant",    (302,  404,     403,    422,   403,     403)),
    Row("GET",  "webhook",           "endpoint",  (302,  404,     403,    200,   403,     403)),
    Row("POST", "webhook",           "endpoint",  (302,  404,     403,    302,   403,     403), (("do", "test"),)),
    Row("GET",  "tenant_home",       "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "tenant_home",       "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "staff_visit",       "tenant",    (302,  404,     302,    302,   200,     200)),
    Row("POST", "staff_visit",       "tenant",    (302,  404,     302,    302,   422,     422)),
    Row("GET",  "people",            "tenant",    (302,  404,     200,    200,   200,     403)),
    Row("POST", "people",            "tenant",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "invitation",        "unknown invitation", (404, 404, 404, 404,  404,     404)),
    Row("POST", "invitation",        "unknown invitation", (404, 404, 404, 404,  404,     404)),
    Row("GET",  "administrator",     "unknown link", (404, 404, 404, 404, 404, 404)),
    Row("POST", "administrator",     "unknown link", (404, 404, 404, 404, 404, 404)),
    Row("GET",  "shared_stream",     "unknown link", (404, 404, 404, 404, 404, 404)),
    Row("POST", "shared_stream",     "unknown link", (404, 404, 404, 404, 404, 404)),
    Row("GET",  "shared_stream_file","unknown share file", (404, 404, 404, 404, 404, 404)),
    Row("POST", "shared_stream_file","unknown share file", (405, 405, 405, 405, 405, 405)),
    Row("GET",  "administrator_template","unknown link", (404, 404, 404, 404, 404, 404)),
    Row("POST", "administrator_template","unknown link", (405, 405, 405, 405, 405, 405)),
    Row("GET",  "administrator_script","unknown link", (404, 404, 404, 404, 404, 404)),
    Row("POST", "administrator_script","unknown link", (405, 405, 405, 405, 405, 405)),
    Row("GET",  "administrator_terraform","unknown link", (404, 404, 404, 404, 404, 404)),
    Row("POST", "administrator_terraform","unknown link", (405, 405, 405, 405, 405, 405)),
    Row("GET",  "activity",          "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "activity",          "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "activity_csv",      "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "activity_csv",      "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "activity_jsonl",    "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "activity_jsonl",    "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "estimate",          "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "estimate",          "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "pgp_keys",          "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "pgp_keys",          "tenant",    (302,  404,     403,    422,   403,     403)),
    Row("GET",  "pgp_key_confirm",   "key",       (405,  405,     405,    405,   405,     405)),
    Row("POST", "pgp_key_confirm",   "key",       (302,  404,     403,    422,   403,     403)),
    Row("GET",  "possession",        "key",       (302,  404,     403,    200,   403,     403)),
    Row("POST", "possession",        "key",       (302,  404,     403,    422,   403,     403)),
    Row("GET",  "key_mail",          "key",       (302,  404,     403,    200,   403,     403)),
    Row("POST", "key_mail",          "key",       (302,  404,     403,    422,   403,     403)),
    Row("GET",  "possession_file",   "key",       (302,  404,     403,    200,   403,     403)),
    Row("POST", "possession_file",   "key",       (405,  405,     405,    405,   405,     405)),
    Row("GET",  "pgp_key_remove",    "key",       (405,  405,     405,    405,   405,     405)),
    Row("POST", "pgp_key_remove",    "key",       (302,  404,     403,    302,   403,     403)),
    Row("GET",  "role_template",     "connection", (302, 404,     403,    200,   403,     403)),
    Row("POST", "role_template",     "connection", (405, 405,     405,    405,   405,     405)),
    Row("GET",  "role_script",       "connection", (302, 404,     403,    200,   403,     403)),
    Row("POST", "role_script",       "connection", (405, 405,     405,    405,   405,     405)),
    Row("GET",  "role_terraform",    "connection", (302, 404,     403,    200,   403,     403)),
    Row("POST", "role_terraform",    "connection", (405, 405,     405,    405,   405,     405)),
    Row("GET",  "connection",        "connection", (302, 404,     200,    200,   200,     200)),
    Row("POST", "connection",        "connection", (302, 404,     403,    302,   403,     403)),
    Row("GET",  "connection_report",  "connection", (302, 404,     200,    200,   200,     200)),
    Row("POST", "connection_report",  "connection", (405, 405,     405,    405,   405,     405)),
    Row("GET",  "integration_new",   "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_new",   "tenant",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "setup",             "draft connect",    (302, 404, 403,  200,   403,     403)),
    Row("GET",  "setup",             "draft stream",     (302, 404, 403,  200,   403,     403)),
    Row("GET",  "setup",             "draft delivery",   (302, 404, 403,  200,   403,     403)),
    Row("GET",  "setup",             "draft recipients", (302, 404, 403,  200,   403,     403)),
    Row("GET",  "setup",             "draft review",     (302, 404, 403,  200,   403,     403)),
    Row("GET",  "setup",             "live stream",      (302, 404, 403,  302,   403,     403)),
    Row("GET",  "setup",             "draft nowhere",    (302, 404, 403,  404,   403,     403)),
    Row("POST", "setup",             "draft connect",    (302, 404, 403,  302,   403,     403), BACK),
    Row("POST", "setup",             "draft stream",     (302, 404, 403,  302,   403,     403), BACK),
    Row("POST", "setup",             "draft delivery",   (302, 404, 403,  302,   403,     403), BACK),
    Row("POST", "setup",             "draft recipients", (302, 404, 403,  302,   403,     403), BACK),
    Row("POST", "setup",             "draft review",     (302, 404, 403,  302,   403,     403), BACK),
    Row("POST", "setup",             "live stream",      (302, 404, 403,  302,   403,     403), BACK),
    Row("GET",  "delivery",          "delivery",         (302, 404, 403,  200,   403,     403)),
    Row("POST", "delivery",          "delivery",         (302, 404, 403,  302,   403,     403), BACK),
    Row("GET",  "integration_start", "draft",     (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_start", "draft",     (302,  404,     403,    422,   403,     403)),
    Row("POST", "integration_start", "live",      (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration_discard", "draft",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_discard", "draft",   (302,  404,     403,    302,   403,     403)),
    Row("POST", "integration_discard", "live",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration",       "live",      (302,  404,     200,    200,   200,     200)),
    Row("GET",  "integration",       "draft",     (302,  404,     404,    404,   404,     404)),
    Row("POST", "integration",       "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "integration_change", "live",     (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_change", "live",     (302,  404,     403,    302,   403,     403)),
    Row("POST", "integration_change", "draft",    (302,  404,     403,    404,   403,     403)),
    Row("GET",  "drift_section",     "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "drift_section",     "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "drift_check",        "live",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "drift_check",        "live",      (302,  404,     403,    302,   403,     403)),
    Row("GET",  "drift_accept",      "finding",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "drift_accept",      "finding",   (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration_repair", "live",     (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_repair", "live",     (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration_remove", "live",     (302,  404,     403,    200,   403,     403)),
    Row("GET",  "integration_remove", "draft",    (302,  404,     403,    404,   403,     403)),
    Row("POST", "integration_remove", "live",     (302,  404,     403,    422,   403,     403)),
    Row("GET",  "integration_abandon", "live",     (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration_abandon", "draft",    (302,  404,     403,    404,   403,     403)),
    Row("POST", "integration_abandon", "live",     (302,  404,     403,    302,   403,     403)),
    Row("GET",  "integration",       "self-managed",  (302,  404,     200,    200,   200,     200)),
    Row("GET",  "integration_self_manage", "draft",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_self_manage", "draft",  (302,  404,     403,    422,   403,     403)),
    Row("POST", "integration_self_manage", "live",   (302,  404,     403,    302,   403,     403)),
    Row("GET",  "self_managed_key",      "self-managed",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "self_managed_key",      "self-managed",  (302,  404,     403,    302,   403,     403)),
    Row("POST", "self_managed_key",      "live",      (302,  404,     403,    302,   403,     403)),
    Row("GET",  "self_managed_watch",    "self-managed",  (405,  405,     405,    405,   405,     405)),
    Row("POST", "self_managed_watch",    "self-managed",  (302,  404,     403,    404,   403,     403)),
    Row("GET",  "self_managed_end",      "self-managed",  (302,  404,     403,    200,   403,     403)),
    Row("GET",  "self_managed_end",      "live",      (302,  404,     403,    302,   403,     403)),
    Row("POST", "self_managed_end",      "self-managed",  (302,  404,     403,    422,   403,     403)),
    Row("GET",  "export_file",       "removal",   (302,  404,     403,    200,   403,     403)),
    Row("GET",  "connection",        "no grant",  (302,  404,     200,    200,   200,     200)),
    Row("GET",  "role_script",       "no grant",  (302,  404,     403,    404,   403,     403)),
    Row("GET",  "spec_yaml",         "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "spec_yaml",         "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "export_file",       "export",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "export_file",       "export",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "policies",          "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "policies",          "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "policies",          "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "policy_file",       "policy",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "policy_file",       "policy",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "consumers",         "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "consumers",         "live",      (302,  404,     403,    302,   302,     302)),
    Row("GET",  "integration_shares","live",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "integration_shares","live",      (302,  404,     403,    302,   403,     403), (("do", "link:none"),)),
    Row("GET",  "consumers",         "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "connectors",        "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "connectors",        "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "connectors",        "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "connector",         "connector", (302,  404,     200,    200,   200,     200)),
    Row("POST", "connector",         "connector", (405,  405,     405,    405,   405,     405)),
    Row("GET",  "connector_file",    "connector file", (302, 404, 200,    200,   200,     200)),
    Row("POST", "connector_file",    "connector file", (405, 405, 405,    405,   405,     405)),
    Row("GET",  "consumer_security", "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "consumer_security", "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "consumer_security", "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "consumer_security_file", "security file", (302, 404, 200, 200,  200,     200)),
    Row("POST", "consumer_security_file", "security file", (405, 405, 405, 405,  405,     405)),
    Row("GET",  "devices",           "devices",   (302,  404,     200,    200,   200,     200)),
    Row("POST", "devices",           "devices",   (405,  405,     405,    405,   405,     405)),
    Row("GET",  "devices",           "live",      (302,  404,     404,    404,   404,     404)),
    Row("GET",  "devices",           "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "device_add",        "devices",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "device_add",        "devices",   (302,  404,     403,    422,   403,     403)),
    Row("GET",  "device_retry",      "devices",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "device_retry",      "devices",   (302,  404,     403,    302,   403,     403)),
    Row("GET",  "device_remove",     "devices",   (405,  405,     405,    405,   405,     405)),
    Row("POST", "device_remove",     "devices",   (302,  404,     403,    302,   403,     403)),
    Row("GET",  "device_package",    "thing",     (405,  405,     405,    405,   405,     405)),
    Row("POST", "device_package",    "thing",     (302,  404,     403,    200,   403,     403)),
    Row("GET",  "stream_trail",      "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_trail",      "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "stream_trail",      "draft",     (302,  404,     404,    404,   404,     404)),
    Row("GET",  "stream_trail_read", "live",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "stream_trail_read", "live",      (302,  404,     403,    302,   302,     302)),
    Row("GET",  "credentials",       "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "credentials",       "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "copy_download",     "copy",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "copy_download",     "copy",      (302,  404,     403,    200,   403,     403)),
    Row("GET",  "access_keys",       "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "access_keys",       "tenant",    (302,  404,     403,    302,   302,     403)),
    Row("GET",  "key_policy",        "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("POST", "key_policy",        "tenant",    (302,  404,     403,    302,   302,     403)),
    Row("GET",  "key_rotate",        "live",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "key_rotate",        "live",      (302,  404,     403,    302,   302,     403)),
    Row("GET",  "rotation_change",   "live",      (405,  405,     405,    405,   405,     405)),
    Row("POST", "rotation_change",   "live",      (302,  404,     403,    404,   404,     403)),
    Row("GET",  "key_revoke",        "access key", (405, 405,     405,    405,   405,     405)),
    Row("POST", "key_revoke",        "access key", (302, 404,     403,    302,   302,     403)),
    Row("GET",  "key_trail_read",    "access key", (405, 405,     405,    405,   405,     405)),
    Row("POST", "key_trail_read",    "access key", (302, 404,     403,    302,   403,     403)),
    Row("GET",  "key_events_read",   "unknown key", (405, 405,    405,    405,   405,     405)),
    Row("POST", "key_events_read",   "unknown key", (302, 404,    403,    404,   404,     404)),
    Row("GET",  "key_address_accept", "address",  (405, 405,     405,    405,   405,     405)),
    Row("POST", "key_address_accept", "address",  (302, 404,     403,    302,   403,     403)),
    Row("GET",  "revocation_agree",  "unknown key", (405, 405,    405,    405,   405,     405)),
    Row("POST", "revocation_agree",  "unknown key", (302, 404,    403,    404,   404,     403)),
    Row("GET",  "run",               "failed",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "run",               "failed",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "run_steps",         "done",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "run_steps",         "done",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "run_retry",         "failed",    (405,  405,     405,    405,   405,     405)),
    Row("POST", "run_retry",         "failed",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "run_verify",        "failed",    (405,  405,     405,    405,   405,     405)),
    Row("POST", "run_verify",        "failed",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "run_cancel",        "failed",    (405,  405,     405,    405,   405,     405)),
    Row("POST", "run_cancel",        "failed",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "networks",          "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "networks",          "",          (302,  404,     404,    404,   302,     404)),
    Row("GET",  "board",             "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "board",             "",          (302,  404,     404,    404,   302,     302), (("name", "Mine"),)),
    Row("GET",  "streams",           "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "streams",           "tenant",    (302,  404,     302,    302,   302,     302), (("name", "Mine"),)),
    Row("GET",  "all_wall_links",    "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "all_wall_links",    "",          (302,  404,     404,    404,   302,     302)),
    Row("GET",  "all_wall_link_new", "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "all_wall_link_new", "",          (302,  404,     404,    404,   422,     422)),
    Row("GET",  "wall_links",        "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "wall_links",        "tenant",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "wall_link_new",     "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "wall_link_new",     "tenant",    (302,  404,     403,    422,   403,     403)),
    Row("GET",  "wall",   "unknown wall link",    (404,  404,     404,    404,   404,     404)),
    Row("POST", "wall",   "unknown wall link",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "all_alerts",        "",          (302,  404,     404,    404,   200,     200)),
    Row("POST", "all_alerts",        "",          (405,  405,     405,    405,   405,     405)),
    Row("GET",  "alerts",            "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "alerts",            "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "alert",             "alert",     (302,  404,     200,    200,   200,     200)),
    Row("POST", "alert",             "alert",     (302,  404,     403,    302,   403,     403),
        (("do", "acknowledge"),)),
    Row("GET",  "alarms",            "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "alarms",            "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "account_alarms",    "account",   (302,  404,     200,    200,   200,     200)),
    Row("POST", "account_alarms",    "account",   (405,  405,     405,    405,   405,     405)),
    Row("GET",  "account_alarm_file","account file", (302,  404,     403,    200,   403,     403)),
    Row("POST", "account_alarm_file","account file", (405,  405,     405,    405,   405,     405)),
    Row("GET",  "stream_alarms",     "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_alarms",     "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "stream_alarm_file", "export",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "stream_alarm_file", "export",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "record_access",     "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "record_access",     "tenant",    (302,  404,     403,    302,   403,     403)),
    Row("GET",  "newest_records",    "live",      (302,  404,     200,    200,   200,     403)),
    Row("POST", "newest_records",    "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "record",            "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "record",            "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "record_bytes",      "live",      (302,  404,     302,    302,   403,     403)),
    Row("POST", "record_bytes",      "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "unmask",            "live",      (302,  404,     403,    403,   200,     403)),
    Row("POST", "unmask",            "live",      (302,  404,     403,    403,   422,     403)),
    Row("GET",  "record_reads",      "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "record_reads",      "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "record_reads_csv",  "tenant",    (302,  404,     403,    200,   403,     403)),
    Row("POST", "record_reads_csv",  "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "monthly_reports",   "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "monthly_reports",   "tenant",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "monthly_report",    "report",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "monthly_report",    "report",    (405,  405,     405,    405,   405,     405)),
    Row("GET",  "alert_thresholds",  "tenant",    (302,  404,     200,    200,   200,     200)),
    Row("POST", "alert_thresholds",  "tenant",    (302,  404,     403,    302,   403,     403),
        (("escalation_minutes", "30"), ("report_zone", "UTC"), ("silence", "20"))),
    Row("GET",  "stream_alerts",     "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_alerts",     "live",      (302,  404,     403,    302,   403,     403), (("silence", "20"),)),
    Row("GET",  "stream",            "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream",            "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "shard_of",          "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "shard_of",          "live",      (302,  404,     422,    422,   422,     422)),
    Row("GET",  "stream_estimate",   "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_estimate",   "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "shards",            "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "shards",            "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "time_range",        "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "time_range",        "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "stream_deliveries", "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_deliveries", "live",      (405,  405,     405,    405,   405,     405)),
    Row("GET",  "put_back",          "live delivery", (302, 404,  200,    200,   200,     200)),
    Row("POST", "put_back",          "live delivery", (405, 405,  405,    405,   405,     405)),
    Row("GET",  "stream_views",      "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "stream_views",      "live",      (302,  404,     422,    422,   422,     422), (("do", "save"),)),
    Row("POST", "stream_views",      "live",      (302,  404,     403,    302,   403,     403), (("for", "everyone"),)),
    Row("GET",  "fields",            "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "fields",            "live",      (302,  404,     403,    302,   403,     403), (("kind_field", ""),)),
    Row("GET",  "records",           "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "records",           "live",      (302,  404,     302,    302,   302,     302)),
    Row("GET",  "diagnosis",         "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "diagnosis",         "live",      (302,  404,     403,    302,   302,     302)),
    Row("GET",  "expected_hours",    "live",      (302,  404,     200,    200,   200,     200)),
    Row("POST", "expected_hours",    "live",      (302,  404,     403,    302,   403,     403),
        (("source", "off"), ("zone", "Europe/Oslo"))),
)
# fmt: on
ADMIN_PREFIX = "admin/"
ADMIN_ADDS = {"tenancy_tenant", "tenancy_user"}
STAFF = ("support", "operator")
CLIENTS = ("outsider", "viewer", "admin")

NOT_REACHABLE = "http://127.0.0.1:9"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "no_open_streams")]
by_row = pytest.mark.parametrize("row", TABLE, ids=str)
READS = [row for row in TABLE if row.method == "GET"]
# A browser's report is no form, and has no token.
FORMS = [row for row in TABLE if row.method == "POST" and 405 not in row.expected and row.name != "csp_report"]


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Population]:
    """Made and signed in once: each test works in a savepoint of this transaction, which ends with the file."""
    with django_db_blocker.unblock(), row_lock_guard.around_tests():
        yield populate().signed_in()
        transaction.set_rollback(True)


@pytest.fixture
def population(everybody: Population, settings, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Population:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOT_REACHABLE)
    monkeypatch.setattr(proof, "RECENT_SECONDS", 86_400)  # they signed in once, and a busy machine takes its time
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder that nobody has collected into yet
    return deepcopy(everybody)


def ask(population: Population, role: str, row: Row, arguments: dict[str, object], **headers: str) -> HttpResponse:
    client, url = population.client(role), reverse(row.name, kwargs=arguments)
    if row.method == "GET":
        return with_every_header(client.get(url, headers=headers))
    return with_every_header(client.post(url, dict(row.sent), headers=headers))


def with_every_header(answer: HttpResponse) -> HttpResponse:
    """Every answer of this file, whatever its status, has what browsers are to be told: tests/answers.py."""
    assert missing_headers(answer) == []
    return answer


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every address as (pattern, name)."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.name or ""
        else:
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))


def all_addresses() -> list[tuple[str, str]]:
    return list(addresses(get_resolver().url_patterns))


def test_every_address_is_in_the_table() -> None:
    """An address without a name cannot be in a table, so it counts as missing too."""
    found = {name for pattern, name in all_addresses() if not pattern.startswith(ADMIN_PREFIX)}
    for method in ("GET", "POST"):
        listed = {row.name for row in TABLE if row.method == method}
        assert found == listed, f"{method}: add {sorted(found - listed)}, remove {sorted(listed - found)}"


@by_row
def test_everybody_gets_what_the_table_says(population: Population, row: Row) -> None:
    arguments = population.ours.arguments()[row.of]
    got = {role: ask(population, role, row, arguments).status_code for role in ROLES}
    assert got == row.by_role


@by_row
def test_a_fragment_is_guarded_like_its_page(population: Population, row: Row) -> None:
    arguments = population.ours.arguments()[row.of]
    refused = {
        role: status for role, status in row.by_role.items() if status in {302, 403, 404, 405} and role != "admin"
    }
    got = {role: ask(population, role, row, arguments, **{"HX-Request": "true"}).status_code for role in refused}
    assert got == refused


@by_row
def test_anothers_thing_under_the_own_address_is_not_found(population: Population, row: Row) -> None:
    """The admin writes the own tenant's name into the address and the other tenant's thing behind it.

    Who lacks the right is told so, whatever the thing: that is decided before anything is looked up.
    """
    arguments = population.theirs.arguments(slug=population.ours.tenant.slug)[row.of]
    if set(arguments) <= {"slug"} or "slug" not in arguments or row.by_role["admin"] == 405:
        return
    for role in ("admin", "viewer", *STAFF):
        for headers in ({}, {"HX-Request": "true"}):
            expected = 403 if row.by_role[role] == 403 else 404
            assert ask(population, role, row, arguments, **headers).status_code == expected, (role, headers)


@pytest.mark.parametrize("row", READS, ids=str)
def test_reading_writes_nothing(population: Population, row: Row) -> None:
    for role in ROLES:
        client, url = population.client(role), reverse(row.name, kwargs=population.ours.arguments()[row.of])
        client.get(url)  # the first page of a visit is recorded, of staff and of the tenant's people
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert written == [], role


@pytest.mark.parametrize("row", READS, ids=str)
def test_head_is_answered_as_get_without_the_body(population: Population, row: Row) -> None:
    url = reverse(row.name, kwargs=population.ours.arguments()[row.of])
    head, get = (getattr(population.client("admin"), method)(url) for method in ("head", "get"))
    assert (head.status_code, head.get("Content-Type")) == (get.status_code, get.get("Content-Type"))
    assert head.content == b""


# A mail program posts there without cookies: the address itself holds a signed token (RFC 8058). Programs post with an
# API token in a header, which no browser sends by itself.
WITHOUT_COOKIES = {
    "unsubscribe",
    "administrator",
    "shared_stream",
    "vendor_key_in_use",
    "vendor_key_rejected",
    "producer_role_report",
}


@pytest.mark.parametrize("row", [row for row in FORMS if row.name not in WITHOUT_COOKIES], ids=str)
def test_a_form_without_its_token_is_refused(population: Population, row: Row) -> None:
    client = population.client("admin", enforce_csrf_checks=True)
    assert client.post(reverse(row.name, kwargs=population.ours.arguments()[row.of])).status_code == 403


@by_row
def test_who_was_sent_away_is_sent_to_sign_in(population: Population, row: Row) -> None:
    if row.by_role["anonymous"] == 302 and row.name != "logout":
        answer = ask(population, "anonymous", row, population.ours.arguments()[row.of])
        assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("row", [row for row in FORMS if row.by_role["viewer"] == 403], ids=str)
def test_a_suspended_tenant_can_do_nothing(population: Population, row: Row) -> None:
    population.ours.tenant.is_suspended = True
    population.ours.tenant.save()
    assert ask(population, "admin", row, population.ours.arguments()[row.of]).status_code == 403


def test_a_person_who_left_sees_nothing(population: Population) -> None:
    client = population.client("admin")
    person = population.people["admin"]
    person.memberships.all().delete()
    url = reverse("tenant_home", kwargs={"slug": population.ours.tenant.slug})
    assert client.get(url).status_code == 404
    person.is_active = False
    person.save()
    assert client.get(url)["Location"].startswith(reverse("login"))


# Programs: what each kind of token gets, whatever its person could open in a browser.

BY_TOKEN = {
    #                 all tenants', one tenant's, another's, without the right, revoked
    "token":         (200, 200, 200, 200, 401),
    "vendor_events": (200, 200, 200, 403, 401),
    "vendor_keys":   (200, 200, 200, 403, 401),
    "vendor_key":    (200, 200, 404, 403, 401),
    "vendor_key_in_use":    (422, 422, 404, 403, 401),
    "vendor_key_rejected":  (422, 422, 404, 403, 401),
    "producer_roles":       (200, 200, 200, 403, 401),
    "producer_role":        (200, 200, 404, 403, 401),
    "producer_role_report": (422, 422, 404, 403, 401),
}  # fmt: skip


_OF_ONE = {
    "vendor_key": "vendor's copy",
    "vendor_key_in_use": "vendor's copy",
    "vendor_key_rejected": "vendor's copy",
    "producer_role": "role",
    "producer_role_report": "role",
}
_SENT = {"vendor_key_in_use", "vendor_key_rejected", "producer_role_report"}


def all_views() -> dict[str, object]:
    patterns, found = list(get_resolver().url_patterns), {}
    while patterns:
        pattern = patterns.pop()
        patterns += getattr(pattern, "url_patterns", [])
        if isinstance(pattern, URLPattern):
            found[pattern.name or ""] = pattern.callback
    return found


def test_every_address_for_programs_is_in_the_table_and_begins_alike() -> None:
    by_token = {name for name, view in all_views().items() if hasattr(view, "needs_token")}
    assert by_token == set(BY_TOKEN) == {name for pattern, name in all_addresses() if pattern.startswith("api/")}


@pytest.mark.parametrize("name", BY_TOKEN)
def test_every_kind_of_token_gets_what_the_table_says(population: Population, name: str) -> None:
    ours, theirs = population.ours.tenant, population.theirs.tenant
    texts = [token_text_of(population, tenant) for tenant in (None, ours, theirs, None, None)]
    ended = ApiToken.objects.order_by("pk")[3:]
    ApiToken.objects.filter(pk=ended[0].pk).update(scopes=[])
    ApiToken.objects.filter(pk=ended[1].pk).update(revoked_at=ended[1].created_at)
    address = reverse(name, kwargs=population.ours.arguments()[_OF_ONE.get(name, "")])
    method = "post" if name in _SENT else "get"
    for role in ("anonymous", "admin"):
        client = population.client(role)
        answers = [getattr(client, method)(address, headers={"Authorization": f"Bearer {text}"}) for text in texts]
        assert tuple(with_every_header(answer).status_code for answer in answers) == BY_TOKEN[name]


def token_text_of(population: Population, tenant: Tenant | None) -> str:
    given = {"name": "Pusher", "scopes": ["vendor_keys", "producer_roles"], "actor": "command line", "tenant": tenant}
    return tokens.create(person=population.people["operator"], **given)[1]


# Second factors: what is open to someone who has not used the one that is required of them.


def test_after_the_password_alone_everything_is_closed_as_before_it(population: Population) -> None:
    person, client = population.people["admin"], Client()
    person.set_password(PASSWORD)
    person.save()
    second_factors.add_totp(person, "A" * 32, 0)
    answer = client.post(reverse("login"), {"username": person.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    for row in TABLE:
        url, send = reverse(row.name, kwargs=population.ours.arguments()[row.of]), getattr(client, row.method.lower())
        if row.name not in {"mfa_authenticate", "login", "logout", "passkey_sign_in", "passkey_options"}:
            assert send(url).status_code == row.by_role["anonymous"], row


def test_staff_without_a_second_factor_can_only_set_one_up(population: Population, settings) -> None:
    settings.SLUICE_STAFF_SECOND_FACTOR = True
    for role in STAFF:
        client = population.client(role)
        for row in (row for row in TABLE if row.name not in OPEN | COOKIELESS):
            answer = ask(population, role, row, population.ours.arguments()[row.of])
            assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse("security")), row
        for name, url in admin_addresses(population).items():
            for answer in (client.get(url), client.post(url)):
                assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse("security")), name
                client.cookies[settings.SESSION_COOKIE_NAME] = population.sessions[role]
        assert client.get(reverse("board"), headers={"HX-Request": "true"})["HX-Redirect"].startswith(
            reverse("security")
        )


def test_a_tenant_that_requires_a_second_factor_shows_nothing_without(population: Population) -> None:
    Tenant.objects.filter(pk=population.ours.tenant.pk).update(requires_second_factor=True)
    for role in ("outsider", "viewer", "admin"):
        for row in TABLE:
            arguments = population.ours.arguments()[row.of]
            if "slug" not in arguments:
                continue
            answer = ask(population, role, row, arguments)
            if role == "outsider" or answer.status_code in {404, 405}:
                assert answer.status_code == row.by_role[role], row
            else:
                assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse("security")), row


# The admin: one rule for each kind of address, asked of every model.


def admin_addresses(population: Population) -> dict[str, str]:
    """Every named address of the admin, filled in, by name."""
    token_text_of(population, None)
    people, tenant = population.people, population.ours.tenant
    rows = {
        "monitoring_walllink": wall_links.create(person=people["admin"], tenant=tenant, name="Lobby")[0].pk,
        "tenancy_apitoken": ApiToken.objects.latest("pk").pk,
        "tenancy_tenant": tenant.pk,
        "tenancy_user": people["admin"].pk,
        "onboarding_connection": population.ours.connection.pk,
        "onboarding_integration": population.ours.live.pk,
        "onboarding_run": population.ours.failed.pk,
        "onboarding_pgpkey": population.ours.key.pk,
        "accounts_signuprequest": SignUpRequest.objects.create(email="eve@elsewhere.example").pk,
    }
    filled = {}
    for pattern, name in all_addresses():
        if not pattern.startswith(ADMIN_PREFIX) or not name:
            continue
        model = name.rsplit("_", 1)[0]
        arguments: list[object] = []
        if "<path:content_type_id>" in pattern:
            arguments = [1, 1]
        elif "<path:object_id>" in pattern:
            arguments = [rows.get(model, 0)]
        elif "app_label" in pattern:
            arguments = ["onboarding"]
        filled[name] = reverse(f"admin:{name}", args=arguments)
    return filled


def test_the_admin_does_not_exist_for_clients(population: Population) -> None:
    for name, url in admin_addresses(population).items():
        for role in CLIENTS:
            client = population.client(role)
            # Signing out is for whoever is signed in, and tells nothing.
            expected = {404} if name != "logout" else {404, 302, 405}
            assert {client.get(url).status_code, client.post(url).status_code} <= expected, (name, role)


def test_the_admin_sends_strangers_to_sign_in(population: Population) -> None:
    client = population.client("anonymous")
    for name, url in admin_addresses(population).items():
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 302, name
            assert "/login/" in answer["Location"] or name == "logout"


def test_staff_look_at_everything_and_support_alone_adds_tenants(population: Population) -> None:
    kept = {
        "tenancy_apitoken",
        "tenancy_tenant",
        "tenancy_user",
        "onboarding_connection",
        "onboarding_integration",
        "onboarding_run",
    }
    of_support = {"tenancy_user", "tenancy_apitoken", "accounts_signuprequest", "monitoring_walllink"}
    for name, url in admin_addresses(population).items():
        model, _, kind = name.rpartition("_")
        for role in STAFF:
            status = population.client(role).get(url).status_code
            if role == "operator" and model in of_support:
                assert status == 403, name  # operators administer no people
            elif kind == "changelist":
                assert status == (403 if model == "auth_group" else 200), (name, role)
            elif kind == "change" and model in kept:
                assert status == 200, (name, role)
            elif kind == "add":
                assert status == (200 if role == "support" and model in ADMIN_ADDS else 403), (name, role)
            elif kind == "delete":
                assert status in {302, 403}, (name, role)  # 302: the row is not there, said on the index


def test_nobody_changes_rows_in_the_admin_but_tenants(population: Population) -> None:
    for name, url in admin_addresses(population).items():
        model, _, kind = name.rpartition("_")
        # One's own password is the one thing that staff may change beside tenants.
        if kind in {"change", "add", "delete"} and model not in {*ADMIN_ADDS, "password"}:
            for role in STAFF:
                assert population.client(role).post(url).status_code in {302, 403}, (name, role)
    assert Integration.objects.count() == 8
