"""Connections: the right to act in one AWS account, from its external ID to the day it is taken away."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from onboarding.granting import check_choice, fields_of, grant_of, keep_deployed, to_bring_up_to_date
from onboarding.models import Connection, Integration, new_external_id, new_uid
from onboarding.opening import plan_for
from onboarding.provisioning.steps import firehose_role
from onboarding.rules import Actor, may_act, must_have_grant, record
from onboarding.spec import from_dict
from onboarding.states import ConnectionState, IntegrationState
from portal.aws import names
from portal.aws.errors import AwsFault
from portal.aws.permissions import Examples, boundary_lines, examine
from portal.aws.policies import CHOICES, USUAL, OptionalRights, rights_of
from portal.aws.session import AwsSession, assume_role_anew
from portal.aws.sts import Outcome, TrustReport, check_trust
from portal.messages.catalogue import explanation_of
from portal.tenancy import audit
from portal.tenancy.models import Tenant

OURSELVES = "connections"
_TAKEN = "This AWS account cannot be connected here."
_ASK_SUPPORT = "If the account is yours, ask support; they have been told."
_UNUSED = [ConnectionState.DRAFT, ConnectionState.REFUSED]


def start_connection(
    *,
    tenant: Tenant,
    name: str,
    account_id: str,
    actor: Actor,
    optional: OptionalRights = USUAL,
    has_grant: bool = True,
) -> Connection:
    """Create a connection with an external ID of its own; raises ValidationError by field.

    Without `has_grant` no role is ever asked for: the tenant applies its plans there without Sluice.
    """
    may_act(tenant)
    optional = optional if has_grant else rights_of([], [])
    account_id = account_id.replace("-", "").replace(" ", "")
    _field("account_id", names.check_account_id, account_id)
    check_choice(optional, account_id)
    if holder := _other_holder(tenant, account_id):
        _tell_support(tenant, holder, account_id, actor)
        raise ValidationError({"account_id": f"{_TAKEN} {_ASK_SUPPORT}"})
    with transaction.atomic():
        connection = Connection(
            tenant=tenant,
            name=name.strip(),
            account_id=account_id,
            created_by=str(actor),
            **fields_of(optional),
            **({} if has_grant else {"state": ConnectionState.SELF_RUN, "name_prefix": ""}),
        )
        if has_grant and tenant.connections.filter(account_id=account_id).exists():
            connection.name_suffix = f"-{new_uid()[:6]}"
        connection.full_clean(exclude=["role_arn", "report", "sheet", "deployed"])
        connection.save()
        record("connection:started", tenant, actor, connection.name, account_id=account_id, has_grant=has_grant)
    return connection


def verify_connection(
    *, connection: Connection, role_arn: str, actor: Actor, now: datetime | None = None, quietly: bool = False
) -> Connection:
    """Try the role with the right, a wrong and no external ID, and keep what was found.

    A void external ID is replaced instead, and AWS is not asked. `quietly` leaves an audit event of changes only.
    Raises ValidationError by field before any call is made when the ARN cannot be this account's role.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    role_arn, now = role_arn.strip(), now or timezone.now()
    _field("role_arn", names.check_role_arn, role_arn, connection.account_id)
    if connection.is_void_at(now) and not _in_use(connection):
        return renew_external_id(connection=connection, actor=actor, now=now)
    return _look(_keep(connection, role_arn, _tried(connection, role_arn), actor, now, quietly=quietly), now)


def recheck_connection(*, connection: Connection, now: datetime | None = None) -> Connection:
    """Try a verified or degraded connection's role again; no answer of AWS changes nothing."""
    report, now = _tried(connection, connection.role_arn), now or timezone.now()
    if report.right is Outcome.UNKNOWN:
        return connection
    return _look(_keep(connection, connection.role_arn, report, OURSELVES, now, quietly=True), now)


def _look(connection: Connection, now: datetime) -> Connection:
    """Read the policies of a role that works; a role that was verified just now may not be seen everywhere yet."""
    if connection.state == ConnectionState.VERIFIED:
        try:
            keep_deployed(connection, _session(connection, "us-east-1"), now)
        except AwsFault:
            return connection
    return connection


def watched_connections() -> list[int]:
    """Return the ids of the connections that are tried again on schedule."""
    states = [ConnectionState.VERIFIED, ConnectionState.DEGRADED]
    return list(Connection.objects.filter(state__in=states).exclude(role_arn="").values_list("pk", flat=True))


@transaction.atomic
def renew_external_id(*, connection: Connection, actor: Actor, now: datetime | None = None) -> Connection:
    """Give a connection that was never verified another external ID; the one before is void from now on.

    Raises ValidationError for a connection whose external ID is in use.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    locked = Connection.objects.select_for_update().get(pk=connection.pk)
    if locked.verified_at is not None or _in_use(locked):
        raise ValidationError("This external ID is in use: the role was verified with it.")
    connection.external_id, connection.external_id_made_at = new_external_id(), now or timezone.now()
    connection.state, connection.first_tried_at, connection.sheet = ConnectionState.DRAFT, None, {}
    connection.report = _words(
        "The external ID was not used within 48 hours, so it is void.",
        "Nobody did anything wrong: an external ID that lies about unused must not open an account later.",
        "A new one was made. Take the template again, and create the role (or update the stack) from it.",
    )
    fields = ["external_id", "external_id_made_at", "state", "first_tried_at", "sheet", "report"]
    connection.save(update_fields=fields)
    record("connection:external-id-renewed", connection.tenant, actor, connection.name)
    return connection


def void_external_ids(*, now: datetime | None = None) -> int:
    """Replace every external ID that was not used in time; return how many there were."""
    now = now or timezone.now()
    rows = Connection.objects.filter(state__in=_UNUSED, verified_at__isnull=True, tenant__is_suspended=False)
    found = [one for one in rows.select_related("tenant") if one.is_void_at(now) and not _in_use(one)]
    for connection in found:
        renew_external_id(connection=connection, actor=OURSELVES, now=now)
    return len(found)


def check_rights(*, connection: Connection, now: datetime | None = None) -> dict[str, Any]:
    """Fill in the permission sheet, keep it, and return it as plain JSON; every line says how it is known.

    Raises ValidationError when the role does not open, so that nothing can be asked.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    now, examples = now or timezone.now(), _examples(connection)
    trust = _tried(connection, connection.role_arn or connection.usual_role_arn)
    try:
        aws = _session(connection, examples.region)
    except AwsFault as fault:
        raise ValidationError(explanation_of(fault.message)) from fault
    keep_deployed(connection, aws, now)
    more = boundary_lines(grant_of(connection), connection.deployed.get("policies"), _roles(connection))
    is_new = connection.first_tried_at is not None and now < connection.first_tried_at + timedelta(minutes=2)
    found = examine(aws, grant_of(connection), trust, examples, is_new=is_new, more=more).as_dict()
    sheet: dict[str, Any] = {"checked_at": now.isoformat(), **found}
    connection.sheet = sheet
    connection.save(update_fields=["sheet"])
    return sheet


def as_json(connection: Connection) -> dict[str, Any]:
    """Return a connection with its sheet, as its page and the command line give it to machines."""
    return {
        "uid": connection.uid,
        "name": connection.name,
        "account_id": connection.account_id,
        "role_arn": connection.role_arn,
        "state": str(connection.status),
        "checked_at": connection.checked_at,
        "verified_at": connection.verified_at,
        "rights": {one.key: one.key in connection.optional_rights.chosen for one in CHOICES},
        "other_resources": connection.other_resources,
        "is_up_to_date": None if (behind := to_bring_up_to_date(connection)) is None else not behind,
        "trust": connection.report,
        "sheet": connection.sheet,
    }


def _session(connection: Connection, region: str) -> AwsSession:
    return assume_role_anew(
        role_arn=connection.role_arn or connection.usual_role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-rights-{connection.uid}",
        region=region,
        duration_seconds=900,
    )


def _tried(connection: Connection, role_arn: str) -> TrustReport:
    return check_trust(
        role_arn=role_arn, external_id=connection.external_id, session_name=f"sluice-verify-{connection.uid}"
    )


@transaction.atomic
def _keep(
    connection: Connection, role_arn: str, report: TrustReport, actor: Actor, now: datetime, *, quietly: bool
) -> Connection:
    before = (connection.state, connection.report)
    is_verified = report.trusted and report.account_id in {None, connection.account_id}
    words, holder = _verdict(report, connection), None
    if is_verified:
        _one_at_a_time(connection.account_id)
        holder = _other_holder(connection.tenant, connection.account_id)
        if holder:
            _tell_support(connection.tenant, holder, connection.account_id, actor)
            words = _words(_TAKEN, "", _ASK_SUPPORT)
    connection.role_arn, connection.checked_at = role_arn, now
    connection.first_tried_at = connection.first_tried_at or now
    connection.state = _state(connection, report, is_verified=is_verified and holder is None)
    if connection.state == ConnectionState.VERIFIED and is_verified:
        connection.verified_at = now
    outcomes = {"right": str(report.right), "wrong": str(report.wrong), "missing": str(report.missing)}
    connection.report = {**outcomes, "detail": report.detail, **words}
    connection.save(update_fields=["role_arn", "checked_at", "first_tried_at", "state", "verified_at", "report"])
    if not quietly or before != (connection.state, connection.report):
        said = {"report": connection.report}
        record(f"connection:{connection.state}", connection.tenant, actor, connection.name, **said)
    return connection


def _state(connection: Connection, report: TrustReport, *, is_verified: bool) -> str:
    if is_verified:
        return ConnectionState.VERIFIED
    if report.right is Outcome.UNKNOWN and connection.verified_at:
        return connection.state
    return ConnectionState.DEGRADED if connection.verified_at else ConnectionState.REFUSED


def _verdict(report: TrustReport, connection: Connection) -> dict[str, str]:
    if report.right is Outcome.UNKNOWN:
        return _words("AWS did not answer.", "Nobody's fault yet.", "Try again in a minute.")
    if report.right is not Outcome.ALLOWED:
        return _words(
            "AWS refused the role.",
            "This is on the side of the account that has the role: it does not exist, or it does not trust "
            "this portal with this external ID.",
            _how_to_mend(connection),
        )
    if report.account_id not in {None, connection.account_id}:
        return _words(
            f"The role is in account {report.account_id}.",
            f"The connection is for account {connection.account_id}.",
            "Give the ARN of the role in the right account.",
        )
    if not report.trusted:
        return _words(
            "The role also opens without the right external ID.",
            "That is unsafe for you: somebody else could have this portal act in your account.",
            "Put the sts:ExternalId condition of the template back into the role's trust policy, and verify again.",
        )
    return _words("The role works, and refuses whoever does not give the external ID.", "", "")


def _how_to_mend(connection: Connection) -> str:
    if connection.verified_at:
        return (
            "Somebody deleted the role or changed its trust policy since. Deploy the template again; Sluice notices by "
            "itself, or verify again here."
        )
    renewed = connection.external_id_made_at - connection.created_at > timedelta(minutes=1)
    again = f" The external ID was renewed on {connection.external_id_made_at:%d %B %Y}: a role from an earlier "
    again += "template does not know it, so take the template again."
    return (
        "Deploy the template as it was downloaded and verify again. A role made a moment ago can take half "
        f"a minute to be known everywhere.{again if renewed else ''}"
    )


def _words(what: str, whose: str, todo: str) -> dict[str, str]:
    return {"what": what, "whose": whose, "todo": todo}


def _other_holder(tenant: Tenant, account_id: str) -> Tenant | None:
    """Return another tenant that has verified this account, which is then its own."""
    rows = Connection.objects.filter(account_id=account_id, verified_at__isnull=False).exclude(tenant=tenant)
    found = rows.select_related("tenant").first()
    return found.tenant if found else None


def _one_at_a_time(account_id: str) -> None:
    # Two tenants that verify one account at the same moment: the second must see the first.
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('aws-account'), hashtext(%s))", [account_id])


def _tell_support(tenant: Tenant, holder: Tenant, account_id: str, actor: Actor) -> None:
    # Without a tenant, so that staff alone see it: neither tenant may learn of the other.
    details: dict[str, object] = {"asked_by": tenant.slug, "held_by": holder.slug}
    action = "onboarding:connection:account-conflict"
    audit.record(action, tenant=None, actor=actor, target=account_id, details=details)


def _in_use(connection: Connection) -> bool:
    return connection.integrations.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists()


def _examples(connection: Connection) -> Examples:
    live = connection.integrations.filter(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    integration: Integration | None = live.first()
    spec: dict[str, Any] = (integration.spec if integration else None) or {}
    stream: dict[str, Any] = spec.get("stream", {})
    delivery: dict[str, Any] = next(iter(spec.get("deliveries", ())), {})
    return Examples(
        region=stream.get("region") or "us-east-1",
        stream=_prefixed(stream.get("name"), connection),
        bucket=_prefixed(delivery.get("bucket"), connection),
        delivery=_prefixed(delivery.get("name"), connection),
    )


def _roles(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Return each delivery in use by name, with the rights of its role."""
    live = connection.integrations.filter(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    return [
        (delivery.name, firehose_role.document(plan, delivery))
        for integration in live.select_related("tenant", "connection")
        for plan in [plan_for(integration, from_dict(integration.spec), with_recipients=False)]
        for delivery in plan.spec.deliveries
    ]


def _prefixed(name: Any, connection: Connection) -> str:
    # What the client named otherwise is adopted, not granted by prefix.
    return str(name) if name and str(name).startswith(connection.name_prefix) else ""


def _field(field: str, rule: Any, *args: Any) -> None:
    try:
        rule(*args)
    except names.InvalidName as invalid:
        raise ValidationError({field: str(invalid)}) from invalid
