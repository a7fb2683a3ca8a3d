"""Integrations whose owner applies the plan without Sluice: begin and end one.

Sluice creates nothing for them and changes nothing in the account. It has the plan, the access key as ciphertext for
the vendor, and, where a verified connection reads the same account, the health of the stream.
"""

from dataclasses import asdict

from onboarding import vendor_feed
from onboarding.connections import selectors
from onboarding.credentials import vendor_key
from onboarding.export.resources import CannotExport
from onboarding.integrations import device_prefixes, export_files, producer_choice, update
from onboarding.integrations.former_deliveries import earlier_deliveries
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, IntegrationState, ProducerRoleState
from onboarding.provisioning.consumer_external_ids import keep_external_ids
from onboarding.self_managed.rows import locked, withdraw_keys
from onboarding.service_guards import Actor, one_name_at_a_time, record
from onboarding.spec import rules
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message

_BEGINS_FROM = {IntegrationState.DRAFT, IntegrationState.SELF_MANAGED}


@deadlocks.atomic
def begin(*, integration: Integration, spec: IntegrationSpec, actor: Actor) -> Integration:
    """Keep a spec as the plan that its owner applies without Sluice; a plan that was kept before is replaced.

    AWS is not called. Raises SpecRefused with every problem: what AWS's rules refuse, what no export can express, and
    an integration for which Sluice has created resources.
    """
    one_name_at_a_time(integration.tenant)
    found = locked(integration)
    if found.state not in _BEGINS_FROM or found.runs.exists():
        raise SpecRefused([Problem("name", Message("self_managed.managed_by_sluice"))])
    connection = selectors.connection_of(found.tenant, spec)
    keep_external_ids(found, [role.name for role in spec.consumer_roles])
    if problems := _problems(found, spec, connection):
        raise SpecRefused(problems)
    if found.watched_at is None:  # what is watched is so through a connection of its own
        found.connection = connection
    found.earlier_deliveries = earlier_deliveries(found) if found.is_self_managed else []
    found.spec, found.name, found.state = spec.as_dict(), spec.name, IntegrationState.SELF_MANAGED
    found.draft.pop(update.OPEN, None)
    found.save(update_fields=["connection", "spec", "name", "state", "draft", "earlier_deliveries", "changed_at"])
    found.recipients.set(found.tenant.pgp_keys.filter(fingerprint__in=spec.recipients))
    _offer_role(found, spec)
    details = {"integration": found.uid, "deliveries": [asdict(delivery) for delivery in spec.deliveries]}
    record("self-managed:started", found.tenant, actor, found.name, about=found, **details)
    integration.refresh_from_db()
    return integration


def _offer_role(integration: Integration, spec: IntegrationSpec) -> None:
    """List the role that the owner creates from the plan for the vendor's sender; a plan without one ends that."""
    known = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED)
    if not spec.is_by_role:
        known.update(state=ProducerRoleState.RETIRED)
    elif not known.exists():
        arn = export_files.planned(integration, spec).producer_role_arn
        role = integration.producer_roles.create(arn=arn)
        vendor_feed.publish(vendor_feed.Kind.ROLE_READY, integration, role=role.uid, role_arn=arn)


def _problems(integration: Integration, spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    problems = rules.check(spec, name_prefix=connection.name_prefix, account_id=connection.account_id)
    others = Integration.objects.filter(tenant=integration.tenant, name=spec.name).exclude(pk=integration.pk)
    if others.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists():
        problems.append(Problem("name", Message("integration.name_taken", name=spec.name)))
    problems += _recipient_problems(integration, spec) + producer_choice.problems(spec)
    problems += device_prefixes.problems(integration, spec, connection)
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
    own = {key.fingerprint for key in integration.tenant.pgp_keys.all() if key.can_receive}
    usable = own | {vendor_key.vendor_certificate().fingerprint}
    return [
        Problem("recipients", Message("self_managed.recipient_unusable", fingerprint=fingerprint))
        for fingerprint in spec.recipients
        if fingerprint not in usable
    ]


def _moves(integration: Integration, spec: IntegrationSpec, connection: Connection) -> bool:
    before = integration.connection.account_id if integration.connection else ""
    found = (spec.stream.name, spec.stream.region, connection.account_id)
    return found != (integration.stream_name, integration.region, before)


@deadlocks.atomic
def end(*, integration: Integration, actor: Actor, reason: str = "") -> None:
    """End a self-managed integration: Sluice no longer provides its key and no longer watches its stream.

    Nothing is changed in AWS. Raises ValidationError for an integration that is not self-managed.
    """
    found = locked(integration)
    if not found.is_self_managed:
        raise validation_error(Message("self_managed.not_active"))
    withdraw_keys(found)
    found.producer_roles.update(state=ProducerRoleState.RETIRED)
    found.state, found.watched_at = IntegrationState.REMOVED, None
    found.draft.pop(update.OPEN, None)
    found.save(update_fields=["state", "watched_at", "draft", "changed_at"])
    name, uid = found.name, found.uid
    record("self-managed:ended", found.tenant, actor, name, about=found, stated_reason=reason, integration=uid)
    integration.refresh_from_db()
