"""Every file that a client downloads for its account, rendered: of the grant, of a plan, of its removal and its key."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from monitoring.alarms.formats import FORMATS as ALARM_FORMATS
from monitoring.alarms.formats import rendered
from onboarding.export.formats import FORMATS
from onboarding.export.key_script import key_script
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import Resources, resources_of
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS
from portal.aws.role_cloudformation import cloudformation
from portal.aws.role_grant import RoleGrant
from portal.aws.role_hosted_template import hosted
from portal.aws.role_script import cli_script
from portal.aws.role_terraform import terraform
from portal.openpgp.certificates import Certificate
from tests.monitoring.alarms.conftest import contents as alarms
from tests.onboarding.export.conftest import plan_of

_PORTAL = "arn:aws:iam::999988887777:role/portal"
_GRANT = RoleGrant(_PORTAL, "an-external-id-of-20-characters", "111122223333", "sluice-", optional=ALL_PERMISSIONS)
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_VENDOR = Certificate("A" * 40, (), "", _CREATED, None, "A" * 16, "(its armored text)", "", (), ())


def client_files() -> Iterator[tuple[str, str]]:
    """Yield the module that renders each file, and the file's text."""
    yield "portal/aws/role_cloudformation.py", cloudformation(_GRANT)
    yield "portal/aws/role_hosted_template.py", hosted(portal_principal_arn=_PORTAL)
    yield "portal/aws/role_script.py", cli_script(_GRANT)
    yield "portal/aws/role_terraform.py", terraform(_GRANT)
    others = [("B" * 40, "(its armored text)")]
    yield "onboarding/export/key_script.py", key_script("producer", _VENDOR, others, account_id="111122223333")
    for resources in _plans():
        for render, _ in FORMATS.values():
            yield f"{render.__module__.replace('.', '/')}.py", render(resources)
        yield "onboarding/export/removal_script.py", removal_script(resources)
    for form, (render, _) in ALARM_FORMATS.items():
        yield f"{render.__module__.replace('.', '/')}.py", rendered(alarms(), form)[1]


def _plans() -> Iterator[Resources]:
    plan = plan_of()
    yield resources_of(plan)
    own_buckets = tuple(replace(delivery, new_bucket=False) for delivery in plan.spec.deliveries)
    yield resources_of(replace(plan, spec=replace(plan.spec, deliveries=own_buckets)))
    yield resources_of(plan_of(adopt=True, creation_timestamp="2026-11-21T07:00:00+00:00"))
