"""An integration's plan as a file that its owner applies without Sluice."""

from dataclasses import dataclass, replace

from onboarding.connections import selectors
from onboarding.credentials import vendor_key
from onboarding.export.formats import FORMATS
from onboarding.export.key_script import key_script
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import CannotExport, resources_of
from onboarding.integrations.former_deliveries import former_deliveries
from onboarding.models.integration import Integration
from onboarding.provisioning import plan_factory
from onboarding.provisioning.plan import Plan
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message

YAML = "yaml"
# Not the plan but what comes after it: the script that makes the access key and encrypts it to the vendor.
KEY = "key"
# And how it is taken down again without Sluice.
REMOVAL = "removal"
# The vendor's public key, for those who encrypt by hand.
VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its name and its text."""

    name: str
    text: str


def exported(integration: Integration, spec: IntegrationSpec, form: str) -> Exported:
    """Return a spec in one of the FORMATS, as YAML, the script of its KEY or REMOVAL, or the VENDOR's key.

    Raises KeyError for an unknown form, CannotExport for what a form has no words for, SpecRefused or Refused for a
    spec that has no plan.
    """
    if form == YAML:
        return Exported(f"{spec.stream.name}-spec.yaml", spec.as_yaml())
    if form == VENDOR:
        return Exported("vendor-key.asc", vendor_key.vendor_certificate().armored)
    plan = planned(integration, spec)
    if form == KEY and spec.is_by_role:
        raise CannotExport(Message("export.no_key_by_role"))
    if form == KEY:
        user = _user_name(integration) or plan.user_name(1)
        vendor = vendor_key.vendor_certificate()
        own = _own_keys(integration, spec, but=vendor.fingerprint)
        fips = spec.stream.endpoint.is_fips
        script = key_script(user, vendor, own, account_id=plan.account_id, fips=fips)
        return Exported(f"{spec.stream.name}-key.sh", script)
    if form == REMOVAL:
        text = removal_script(resources_of(_with_former(integration, plan), user_name=_user_name(integration)))
        return Exported(f"{spec.stream.name}-remove.sh", text)
    render, ending = FORMATS[form]
    found = resources_of(plan, user_name=_user_name(integration))
    return Exported(f"{spec.stream.name}.{ending}", render(found))


def planned(integration: Integration, spec: IntegrationSpec) -> Plan:
    """Return the plan of a spec without its recipients, whom no file needs."""
    connection = selectors.connection_of(integration.tenant, spec)
    return plan_factory.plan_for(integration, spec, connection=connection)


def user_of(integration: Integration) -> str:
    """Return the name of the IAM user whose key is made from the integration's files."""
    plan = planned(integration, specs.from_row(integration.spec))
    return _user_name(integration) or plan.user_name(1)


def _own_keys(integration: Integration, spec: IntegrationSpec, *, but: str) -> list[tuple[str, str]]:
    # Where Sluice makes the key it seals the client's copies itself; the script is for those who make it themselves.
    if not integration.is_self_managed:
        return []
    keys = integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients)
    return [(key.fingerprint, key.certificate) for key in keys if key.fingerprint != but and key.can_receive]


def _user_name(integration: Integration) -> str:
    # A user that is there already goes on; its name has the number of the attempt that made it.
    known = integration.credentials.exclude(state__in=["discarded", "revoked"]).first()
    return known.user_name if known else ""


def _with_former(integration: Integration, plan: Plan) -> Plan:
    """Return the plan with the deliveries of earlier plans as well: their resources may still exist."""
    former = former_deliveries(integration) if integration.spec else []
    return replace(plan, spec=replace(plan.spec, deliveries=(*plan.spec.deliveries, *former)))
