"""From a run's row to everything its steps need: the plan, a session in the client's account, the ledger, the vault."""

from functools import lru_cache, partial
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from onboarding import spec as specs
from onboarding.credentials.ledger import DatabaseLedger
from onboarding.credentials.vault import SealerVault
from onboarding.models import Connection, Integration, Resource, Run
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import KEY_KIND, Context, Plan, Recipient, Refused, Terms
from onboarding.provisioning.teardown import wanted_by
from onboarding.spec import IntegrationSpec
from onboarding.states import ResourceState
from portal.aws.session import AwsSession, assume_role, assume_role_anew
from portal.messages.catalogue import text_of
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused


def open_run(run: Run, claim: Claim) -> Context:
    """Return the context of a claimed run. Raises AwsFault when the account cannot be entered, Refused in words."""
    spec = specs.from_dict(run.spec)
    # A removal seals nothing: it goes on after a recipient's key has run out, or the vendor's.
    plan = plan_for(run.integration, spec, with_recipients=not run.is_removal)
    vendor = "" if run.is_removal else vendor_certificate().fingerprint
    # A removal asks for its way in each time: a session of before a role was deleted is refused call by call.
    open_session = session_anew if run.is_removal else session_for
    fips = spec.stream.endpoint.is_fips
    aws = open_session(connected(run.integration), spec.stream.region, f"run-{run.pk}", fips=fips)
    ledger = DatabaseLedger(claim, run.integration, vendor_fingerprint=vendor)
    return Context(plan=plan, aws=aws, ledger=ledger, vault=SealerVault(), terms=terms_of(run, plan))


def terms_of(run: Run, plan: Plan) -> Terms:
    """Return what a run may remove: all that was made, or what its spec does not want any more."""
    may_delete = bool(getattr(connected(run.integration), "allow_deletion", True))
    if run.is_removal:
        return Terms(delete_data=run.delete_data, may_delete=may_delete)
    taken = run.integration.drift.filter(accepted_at__isnull=False)
    return Terms(
        accept_loss=run.accept_loss,
        may_delete=may_delete,
        wanted=wanted_by(plan),
        mends=frozenset(run.repairs),
        accepted=frozenset(one for row in taken for one in row.repairs),
    )


def connected(integration: Integration) -> Connection:
    """Return the integration's connection; raises Refused when it has none."""
    if integration.connection is None:
        raise Refused("This integration has no connection.", "Choose one in its settings.")
    return integration.connection


def plan_for(
    integration: Integration,
    spec: IntegrationSpec,
    *,
    with_recipients: bool = True,
    connection: Connection | None = None,
) -> Plan:
    """Return the plan of a spec, by default through the integration's own connection.

    Raises Refused when a recipient's key cannot serve any more.
    """
    connection = connection or connected(integration)
    return Plan(
        integration_uid=integration.uid,
        tenant_slug=integration.tenant.slug,
        account_id=connection.account_id,
        partition=connection.partition,
        boundary_arn=connection.boundary_arn,
        name_prefix=connection.name_prefix,
        spec=spec,
        recipients=_recipients(integration, spec) if with_recipients else (),
        portal_role_arn=connection.role_arn,
        made_key=partial(_made_key, integration.pk),
    )


def _made_key(integration_id: int | None) -> str:
    """Return the ARN of the KMS key that was made for an integration, or an empty string; asked anew each time."""
    if integration_id is None:
        return ""
    rows = Resource.objects.filter(integration_id=integration_id, kind=KEY_KIND).exclude(arn="")
    return rows.exclude(state=ResourceState.REMOVED).values_list("arn", flat=True).first() or ""


def session_for(connection: Connection, region: str, purpose: str, *, fips: bool = False) -> AwsSession:
    """Return a session of the connection's role; the purpose stands in the client's CloudTrail. Raises AwsFault.

    With `fips` it is made, and calls AWS, through FIPS endpoints.
    """
    return assume_role(
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-{purpose}"[:64],
        region=region,
        fips=fips,
    )


def session_anew(connection: Connection, region: str, purpose: str, *, fips: bool = False) -> AwsSession:
    """Return a session as session_for does, by asking AWS now. Raises AwsFault."""
    return assume_role_anew(
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-{purpose}"[:64],
        region=region,
        fips=fips,
    )


def vendor_certificate() -> Certificate:
    """Return the vendor's delivery certificate; raises Refused when the portal has none that can serve."""
    file = settings.SLUICE_VENDOR_CERTIFICATE_FILE
    todo = "This is on our side: an operator has to set SLUICE_VENDOR_CERTIFICATE_FILE to the vendor's certificate."
    if file is None or not file.is_file():
        raise Refused("The portal has no delivery key of the vendor.", todo)
    try:
        return _inspected(file, file.stat().st_mtime_ns)
    except CertificateRefused as refused:
        raise Refused(f"The vendor's delivery key cannot be used: {text_of(refused.message)}", todo) from refused


@lru_cache(maxsize=2)
def _inspected(file: Path, changed: int) -> Certificate:
    return inspect(file.read_bytes())


def _recipients(integration: Integration, spec: IntegrationSpec) -> tuple[Recipient, ...]:
    keys = {key.fingerprint: key for key in integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients)}
    for fingerprint in spec.recipients:
        key = keys.get(fingerprint)
        if key is None or key.confirmed_at is None:
            raise Refused(
                f"The OpenPGP key {fingerprint} is not a confirmed key of this tenant.",
                "Add it under OpenPGP keys and confirm its fingerprint.",
            )
        if key.expires_at is not None and key.expires_at <= timezone.now():
            raise Refused(
                f"The OpenPGP key of {key.title} expired on {key.expires_at:%d %B %Y}.",
                "Ask its owner to extend it, and add the extended key.",
            )
    vendor = vendor_certificate()
    client = tuple(Recipient(one, keys[one].certificate) for one in spec.recipients if one != vendor.fingerprint)
    return (*client, Recipient(vendor.fingerprint, vendor.armored, is_vendor=True))
