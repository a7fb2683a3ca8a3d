"""An integration's plan as a file that its owner applies without Sluice."""

from dataclasses import dataclass

from onboarding import drafts, opening
from onboarding.export import FORMATS, key_script, resources_of
from onboarding.models import Integration
from onboarding.provisioning.context import Plan
from onboarding.spec import IntegrationSpec

YAML = "yaml"
# Not the plan but what comes after it: the script that makes the access key and encrypts it to the vendor.
KEY = "key"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its name and its text."""

    name: str
    text: str


def exported(integration: Integration, spec: IntegrationSpec, form: str) -> Exported:
    """Return a spec in one of the FORMATS, as YAML, or the script of its KEY.

    Raises KeyError for an unknown form, CannotExport for what a form has no words for, SpecRefused or Refused for a
    spec that has no plan.
    """
    if form == YAML:
        return Exported(f"{spec.stream.name}-spec.yaml", spec.as_yaml())
    plan = planned(integration, spec)
    if form == KEY:
        user = _user_name(integration) or plan.user_name(1)
        return Exported(f"{spec.stream.name}-key.sh", key_script(user, opening.vendor_certificate()))
    render, ending = FORMATS[form]
    found = resources_of(plan, user_name=_user_name(integration))
    return Exported(f"{spec.stream.name}.{ending}", render(found))


def planned(integration: Integration, spec: IntegrationSpec) -> Plan:
    """Return the plan of a spec without its recipients, whom no file needs."""
    integration.connection = drafts.connection_of(integration.tenant, spec)
    return opening.plan_for(integration, spec, with_recipients=False)


def _user_name(integration: Integration) -> str:
    # A user that is there already goes on; its name has the number of the attempt that made it.
    known = integration.credentials.exclude(state__in=["discarded", "revoked"]).first()
    return known.user_name if known else ""
