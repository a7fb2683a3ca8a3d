"""Integrations whose owner applies the plan without Sluice: begin one, take its key in, watch it, end it.

Sluice makes nothing of them and touches nothing. What it has is the plan, the access key as ciphertext for the vendor,
and, where a verified connection reads the same account, the health of the stream.
"""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from onboarding.connections import selectors, sessions
from onboarding.credentials import vendor_key
from onboarding.export.resources import CannotExport
from onboarding.integrations import export_files, update
from onboarding.integrations.former_deliveries import earlier_deliveries
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, CredentialState, IntegrationState
from onboarding.provisioning.claims import ACTIVE
from onboarding.service_guards import Actor, may_act, one_name_at_a_time, record
from onboarding.spec import rules
from onboarding.spec.endpoint import wants_fips
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.openpgp.encrypted_messages import EncryptedMessage, examine

_USABLE = [CredentialState.READY, CredentialState.IN_USE]
_BEGINS_FROM = {IntegrationState.DRAFT, IntegrationState.SELF_MANAGED}


def begin(*, integration: Integration, spec: IntegrationSpec, actor: Actor) -> Integration:
    """Keep a spec as the plan that its owner applies without Sluice; a plan that was kept before is replaced.

    AWS is not asked. Raises SpecRefused with every problem: what AWS's rules refuse, what no file can say, and an
    integration of which Sluice has made something already.
    """
    with transaction.atomic():
        one_name_at_a_time(integration.tenant)
        found = _locked(integration)
        if found.status not in _BEGINS_FROM or found.runs.exists():
            raise SpecRefused([Problem("name", Message("self_managed.managed_by_sluice"))])
        connection = selectors.connection_of(found.tenant, spec)
        if problems := _problems(found, spec, connection):
            raise SpecRefused(problems)
        if found.watched_at is None:  # what is watched is so through a connection of its own
            found.connection = connection
        found.earlier_deliveries = earlier_deliveries(found) if found.is_self_managed else []
        found.spec, found.name, found.state = spec.as_dict(), spec.name, IntegrationState.SELF_MANAGED
        found.draft.pop(update.CHANGING, None)
        found.save(update_fields=["connection", "spec", "name", "state", "draft", "earlier_deliveries", "changed_at"])
        found.recipients.set(found.tenant.pgp_keys.filter(fingerprint__in=spec.recipients))
        told = [asdict(one) for one in spec.deliveries]
        record("self-managed:started", found.tenant, actor, found.name, integration=found.uid, deliveries=told)
    integration.refresh_from_db()
    return integration


def _problems(integration: Integration, spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    problems = rules.check(spec, name_prefix=connection.name_prefix, account_id=connection.account_id)
    others = Integration.objects.filter(tenant=integration.tenant, name=spec.name).exclude(pk=integration.pk)
    if others.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists():
        problems.append(Problem("name", Message("integration.name_taken", name=spec.name)))
    problems += _recipient_problems(integration, spec)
    if connection.has_grant and connection.state != ConnectionState.VERIFIED:
        problems.append(Problem("connection", Message("connection.not_verified", connection=connection.name)))
    if integration.is_self_managed and _moves(integration, spec, connection):
        problems.append(Problem("stream.name", Message("self_managed.stream_fixed")))
    if not problems:
        try:
            export_files.exported(integration, spec, "cli")
        except CannotExport as refused:
            problems.append(Problem("stream.kms_key", refused.message))
    return problems


def _recipient_problems(integration: Integration, spec: IntegrationSpec) -> list[Problem]:
    keys = integration.tenant.pgp_keys.filter(confirmed_at__isnull=False)
    usable = {key.fingerprint for key in keys if not key.is_expired} | {vendor_key.vendor_certificate().fingerprint}
    return [
        Problem("recipients", Message("self_managed.recipient_unusable", fingerprint=fingerprint))
        for fingerprint in spec.recipients
        if fingerprint not in usable
    ]


def _moves(integration: Integration, spec: IntegrationSpec, connection: Connection) -> bool:
    before = integration.connection.account_id if integration.connection else ""
    found = (spec.stream.name, spec.stream.region, connection.account_id)
    return found != (integration.stream_name, integration.region, before)


@sensitive_variables()
def upload_key(*, integration: Integration, blob: bytes, actor: Actor) -> Credential:
    """Keep an access key that its owner made, as the message that only the vendor can open; return its credential.

    The same message again changes nothing; another one takes the place of the one before. Raises MessageRefused for
    anything but a message to the vendor's key (and at most to confirmed keys of the tenant), of which nothing is kept;
    ValidationError for an integration that is not self-managed; Refused where the portal has no vendor's key.
    """
    with transaction.atomic():
        found = _locked(integration)
        if not found.is_self_managed:
            raise validation_error(Message("self_managed.only"))
        vendor = vendor_key.vendor_certificate()
        keys = found.tenant.pgp_keys.filter(confirmed_at__isnull=False)
        own = list(keys.values_list("encryption_key_id", flat=True))
        message = examine(blob, vendor_key_id=vendor.encryption_key_id, own_key_ids=own)
        kept = found.credentials.filter(state__in=_USABLE, copies__sha256=message.sha256).first()
        return kept or _keep(found, message, vendor.fingerprint, vendor.encryption_key_id, actor)


def _keep(
    integration: Integration, message: EncryptedMessage, fingerprint: str, key_id: str, actor: Actor
) -> Credential:
    replaced = integration.credentials.filter(state__in=_USABLE).update(state=CredentialState.DISCARDED)
    last = integration.credentials.order_by("-attempt").values_list("attempt", flat=True).first() or 0
    now = timezone.now()
    credential = Credential.objects.create(
        integration=integration,
        attempt=last + 1,
        user_name=export_files.user_of(integration),
        state=CredentialState.READY,
        sealed_at=now,
        ready_at=now,
        uploaded_by=str(actor),
    )
    SealedCopy.objects.create(
        credential=credential,
        audience=SealedCopy.Audience.VENDOR,
        fingerprint=fingerprint,
        key_id=key_id,
        ciphertext=message.armored,
        sha256=message.sha256,
    )
    details = {"integration": integration.uid, "sha256": message.sha256, "key_ids": list(message.key_ids)}
    record("credential:uploaded", integration.tenant, actor, integration.name, **details, replaced=replaced)
    return credential


def watchers(integration: Integration) -> list[Connection]:
    """Return the tenant's verified connections to the same account, through which the stream could be watched."""
    if integration.connection is None:
        return []
    same = integration.tenant.connections.filter(account_id=integration.connection.account_id)
    return list(same.filter(state=ConnectionState.VERIFIED))


def watch(*, integration: Integration, connection: Connection, actor: Actor) -> None:
    """Watch the stream through a connection that reads its account.

    AWS is asked whether the stream is there. Raises ValidationError in words where it is not, or may not be seen.
    """
    may_act(integration.tenant)
    if not integration.is_self_managed or connection not in watchers(integration):
        raise validation_error(Message("self_managed.other_account"))
    _see(integration, connection)
    with transaction.atomic():
        found = _locked(integration)
        if not found.is_self_managed:
            raise validation_error(Message("self_managed.ended"))
        found.connection, found.watched_at = connection, timezone.now()
        found.save(update_fields=["connection", "watched_at", "changed_at"])
        record(
            "self-managed:watched", found.tenant, actor, found.name, integration=found.uid, connection=connection.name
        )
    integration.refresh_from_db()


def _see(integration: Integration, connection: Connection) -> None:
    name = integration.stream_name
    try:
        purpose = f"look-{integration.uid}"
        aws = sessions.session_for(connection, integration.region, purpose, fips=wants_fips(integration.spec))
        seen = kinesis.describe_stream(aws, name)
    except AwsFault as fault:
        raise validation_error(fault.message) from fault
    if seen is None:
        raise validation_error(Message("self_managed.stream_missing", stream=name, region=integration.region))


def end(*, integration: Integration, actor: Actor) -> None:
    """End an integration that its owner ran: Sluice hands its key out no more, and forgets to watch it.

    Nothing is done in AWS. Raises ValidationError for an integration that is not self-managed.
    """
    with transaction.atomic():
        found = _locked(integration)
        if not found.is_self_managed:
            raise validation_error(Message("self_managed.not_active"))
        found.credentials.filter(state__in=_USABLE).update(state=CredentialState.DISCARDED)
        found.state, found.watched_at = IntegrationState.REMOVED, None
        found.draft.pop(update.CHANGING, None)
        found.save(update_fields=["state", "watched_at", "draft", "changed_at"])
        record("self-managed:ended", found.tenant, actor, found.name, integration=found.uid)
    integration.refresh_from_db()


def _locked(integration: Integration) -> Integration:
    rows = Integration.objects.select_for_update(of=["self"]).select_related("tenant", "connection")
    found = rows.get(pk=integration.pk)
    may_act(found.tenant)
    if found.runs.filter(state__in=ACTIVE).exists():
        raise validation_error(Message("integration.run_in_progress"))
    return found
