"""Two tenants with one row of everything, and one person of each kind: what the access tables are asked about."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from monitoring.alert_models import Alert, AlertKind, AlertState
from monitoring.report_model import MonthlyReport
from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.delivery import Delivery
from onboarding.iot.device_source import DeviceSource
from onboarding.models.connection import Connection
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.consumer_external_id import ConsumerExternalId
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.mail_copy import MailCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import PossessionChallenge, PossessionProof
from onboarding.models.producer_role import ProducerRole
from onboarding.models.run import Run, Step
from onboarding.models.states import ConnectionState, CredentialState, IntegrationState, RunState, ThingState
from onboarding.models.thing import DeviceWork, Thing, ThingDownload, ThingKeyCopy
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User

ROLES = ("anonymous", "outsider", "viewer", "admin", "support", "operator")
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"


@dataclass(frozen=True)
class Belongings:
    """What one tenant has: an integration that is live and one that is a draft, a run of each kind, a key, a copy."""

    tenant: Tenant
    connection: Connection
    key: PgpKey
    live: Integration
    self_managed: Integration
    draft: Integration
    done: Run
    failed: Run
    copy: SealedCopy
    vendors_copy: SealedCopy
    role: ProducerRole
    finding: DriftFinding
    address: KeyAddress
    endpoint: WebhookEndpoint
    alert: Alert
    report: MonthlyReport
    thing: Thing

    def arguments(self, *, slug: str | None = None) -> dict[str, dict[str, object]]:
        """Return, by the name that the tables use, what fills an address; `slug` replaces the tenant's own."""
        at: dict[str, object] = {"slug": slug or self.tenant.slug}
        return {
            "": {},
            "used link": {"uidb64": "MQ", "token": "cx3k2m-0123456789abcdef0123456789abcdef"},
            "changed token": {"token": "WzEsImZpcnN0X3JlY29yZCJd:1abcde:0123456789abcdef"},
            "unknown link": {"token": "sluice_link_" + "B" * 43},
            "unknown share file": {"token": "sluice_link_" + "B" * 43, "name": "function.py"},
            "unknown wall link": {"token": "sluice_wall_" + "A" * 38},
            "unknown invitation": {"token": "sluice_link_" + "A" * 43},
            "a factor": {"pk": 1},
            "no provider": {"uid": "unknown"},
            "tenant": at,
            "key": {**at, "uid": self.key.uid},
            "endpoint": {**at, "uid": self.endpoint.uid},
            "alert": {**at, "uid": self.alert.uid},
            "connection": {**at, "uid": self.connection.uid},
            "live": {**at, "uid": self.live.uid},
            "live delivery": {**at, "uid": self.live.uid, "delivery": self.live.spec["deliveries"][0]["name"]},
            "self-managed": {**at, "uid": self.self_managed.uid},
            "no grant": {**at, "uid": self.self_managed.connection.uid if self.self_managed.connection else ""},
            "removal": {**at, "uid": self.self_managed.uid, "form": "removal"},
            "draft": {**at, "uid": self.draft.uid},
            **{f"draft {page}": {**at, "uid": self.draft.uid, "page": page} for page in PAGES},
            "live stream": {**at, "uid": self.live.uid, "page": "stream"},
            "draft nowhere": {**at, "uid": self.draft.uid, "page": "nowhere"},
            "delivery": {**at, "uid": self.draft.uid, "key": "2"},
            "connector": {**at, "uid": self.live.uid, "tool": "sas-esp"},
            "connector file": {**at, "uid": self.live.uid, "tool": "sas-esp", "name": "kinesis-connector.xml"},
            "security file": {**at, "uid": self.live.uid, "name": "encrypted_records.py"},
            "policy": {**at, "uid": self.live.uid, "key": "producer"},
            "export": {**at, "uid": self.live.uid, "form": "terraform"},
            "devices": {**at, "uid": self.thing.integration.uid},
            "thing": {**at, "uid": self.thing.integration.uid, "thing_uid": self.thing.uid},
            "report": {**at, "month": f"{self.report.month:%Y-%m}"},
            "account": {**at, "account": self.connection.account_id, "region": self.live.region},
            "account file": {
                **at,
                "account": self.connection.account_id,
                "region": self.live.region,
                "form": "terraform",
            },
            "finding": {**at, "uid": self.live.uid, "pk": self.finding.pk},
            "vendor's copy": {"uid": self.vendors_copy.uid},
            "role": {"uid": self.role.uid},
            "access key": {**at, "uid": self.live.uid, "key_uid": self.copy.credential.uid},
            "address": {**at, "uid": self.live.uid, "address_uid": self.address.uid},
            "unknown key": {**at, "uid": self.live.uid, "key_uid": "0"},
            "copy": {**at, "uid": self.live.uid, "copy_uid": self.copy.uid},
            "done": {**at, "pk": self.done.pk},
            "failed": {**at, "pk": self.failed.pk},
        }


PAGES = ("connect", "stream", "delivery", "recipients", "review")


@dataclass(frozen=True)
class Population:
    """Everybody, and what the two tenants have."""

    people: dict[str, User]
    ours: Belongings
    theirs: Belongings
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, role: str, **options: object) -> Client:
        """Return a browser in which the person has signed in."""
        client = Client(**options)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        elif role != "anonymous":
            client.force_login(self.people[role])
        return client

    def signed_in(self) -> "Population":
        """Return the same with everybody signed in, which then need not be done for each request."""
        cookies = {role: self.client(role).cookies[settings.SESSION_COOKIE_NAME].value for role in self.people}
        return replace(self, sessions=cookies)

    def person(self, role: str) -> User | AnonymousUser:
        """Return the person."""
        return self.people.get(role, AnonymousUser())


def populate() -> Population:
    """Make all rows directly: who may see them is asked here, not how they come to be."""
    ours, theirs = _belongings("northwind", "111122223333"), _belongings("contoso", "444455556666")
    people = {
        "outsider": _member("admin@contoso.example", theirs.tenant, TenantRole.ADMIN),
        "viewer": _member("viewer@northwind.example", ours.tenant, TenantRole.VIEWER),
        "admin": _member("admin@northwind.example", ours.tenant, TenantRole.ADMIN),
        "support": User.objects.create_user("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT),
        "operator": User.objects.create_user("operator@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR),
    }
    return Population(people, ours, theirs)


def _member(email: str, tenant: Tenant, role: TenantRole) -> User:
    user = User.objects.create_user(email)
    Membership.objects.create(tenant=tenant, user=user, role=role)
    return user


def _belongings(slug: str, account_id: str) -> Belongings:
    tenant = Tenant.objects.create(slug=slug, name=slug.title())
    connection = Connection.objects.create(
        tenant=tenant,
        name="production",
        account_id=account_id,
        role_arn=f"arn:aws:iam::{account_id}:role/SluiceAccess",
        state=ConnectionState.VERIFIED,
    )
    key = _proved_key(tenant)
    spec = _spec(connection)
    with_consumer = replace(spec, consumer_roles=(ConsumerRole("analytics", ("444455556666",)),))
    live = Integration.objects.create(
        tenant=tenant, connection=connection, name=spec.name, state=IntegrationState.LIVE, spec=with_consumer.as_dict()
    )
    ConsumerExternalId.objects.create(integration=live, role="analytics")
    ConsumerCheck.objects.create(integration=live, requested_by="ada")
    stopped = Integration.objects.create(
        tenant=tenant,
        connection=connection,
        name="stopped",
        state=IntegrationState.ATTENTION,
        spec=replace(spec, devices=DeviceSource("sluice-lamp", "sluice-lobby", "sluice-lobby")).as_dict(),
    )
    return Belongings(
        tenant=tenant,
        connection=connection,
        key=key,
        live=live,
        self_managed=_self_managed(tenant, account_id),
        draft=Integration.objects.create(
            tenant=tenant,
            name="New integration",
            draft={"delivery": {"items": {"1": {"kind": "s3"}, "2": {"kind": "http"}}}},
        ),
        done=_run(live, RunState.DONE),
        failed=_run(stopped, RunState.FAILED),
        copy=_mailed(_copy(live, SealedCopy.Audience.CLIENT)),
        vendors_copy=_copy(live, SealedCopy.Audience.VENDOR),
        role=ProducerRole.objects.create(
            integration=live, arn=f"arn:aws:iam::{account_id}:role/sluice/producers/sluice-sensors"
        ),
        finding=DriftFinding.objects.create(
            integration=live,
            step="stream",
            what=Message("drift.retention_period"),
            expected=Message("drift.hours", retention_hours=48),
            found=Message("drift.hours", retention_hours=24),
        ),
        address=_address(live),
        endpoint=WebhookEndpoint.objects.create(tenant=tenant, url="https://hooks.example/", kinds=["first_record"]),
        alert=_alert(live),
        report=_report(tenant),
        thing=_thing(stopped),
    )


def _thing(integration: Integration) -> Thing:
    DeviceWork.objects.create(integration=integration, endpoint="example-ats.iot.eu-west-1.amazonaws.com")
    certificate = {"certificate_id": "a" * 64, "certificate_pem": "-----BEGIN CERTIFICATE-----"}
    thing = Thing.objects.create(integration=integration, name="sluice-lamp-1", state=ThingState.READY, **certificate)
    ThingKeyCopy.objects.create(thing=thing, fingerprint=FINGERPRINT, ciphertext="-----BEGIN PGP MESSAGE-----")
    ThingDownload.objects.create(thing=thing, actor="ada")
    integration.unused_certificates.create(certificate_id="b" * 64, thing_name="sluice-lamp-1")
    return thing


def _report(tenant: Tenant) -> MonthlyReport:
    totals = {"streams": 0, "known": 0, "records": 0, "bytes": 0}
    alerts = {"opened": 0, "closed": 0, "acknowledged": 0, "mean_seconds": None, "longest_seconds": None, "by_kind": {}}
    contents = {"streams": [], "totals": totals, "alerts": alerts}
    month = date(2026, 10 if tenant.slug == "northwind" else 9, 1)  # theirs is of another month
    return MonthlyReport.objects.create(tenant=tenant, month=month, zone="UTC", contents=contents)


def _alert(integration: Integration) -> Alert:
    now = timezone.now()
    named = {"tenant": integration.tenant, "kind": AlertKind.SILENCE, "cause": f"stream-{integration.uid}"}
    message = Message("alert.silence", name="sluice-sensors", value_seconds=900, threshold_seconds=600)
    title = Message("alert.silence_title", name="sluice-sensors")
    times = {"since": now, "seen_at": now, "opened_at": now}
    alert = Alert.objects.create(state=AlertState.OPEN, title=title, message=message, **named, **times)
    alert.streams.add(integration)
    return alert


def _address(integration: Integration) -> KeyAddress:
    now = timezone.now()
    seen = {"address": "8.8.8.8", "operation": "kinesis:ListStreams", "first_seen_at": now, "last_seen_at": now}
    accepted = {"accepted_at": now, "accepted_by": "ada", "accepted_reason": "the vendor's office"}
    key = integration.credentials.get()
    return KeyAddress.objects.create(credential=key, source="cloudtrail", **seen, **accepted)


def _proved_key(tenant: Tenant) -> PgpKey:
    key = PgpKey.objects.create(tenant=tenant, fingerprint=FINGERPRINT, user_ids=["Ada"], algorithm="Ed25519 / Cv25519")
    PossessionProof.objects.create(pgp_key=key, key_id=key.encryption_key_id, actor="ada")
    tomorrow = timezone.now() + timedelta(days=1)
    PossessionChallenge.objects.create(pgp_key=key, ciphertext="a message", created_by="ada", expires_at=tomorrow)
    return key


def _self_managed(tenant: Tenant, account_id: str) -> Integration:
    connection = Connection.objects.create(
        tenant=tenant, name="ourselves", account_id=account_id, state=ConnectionState.NO_ACCESS, name_prefix=""
    )
    spec = replace(_spec(connection), name="by ourselves")
    return Integration.objects.create(
        tenant=tenant, connection=connection, name=spec.name, state=IntegrationState.SELF_MANAGED, spec=spec.as_dict()
    )


def _spec(connection: Connection) -> IntegrationSpec:
    stream = StreamSpec(name="sluice-sensors", region="eu-west-1")
    delivery = Delivery(name="sluice-sensors-to-s3", bucket=f"sluice-sensors-{connection.account_id}")
    return IntegrationSpec("sluice-sensors", connection.uid, stream, (delivery,), (FINGERPRINT,))


def _run(integration: Integration, state: RunState) -> Run:
    run = Run.objects.create(integration=integration, state=state, spec=integration.spec, requested_by="somebody")
    Step.objects.create(run=run, name="stream", position=1, title=Message("step.encryption_aws_key"), state=state)
    return run


def _mailed(copy: SealedCopy) -> SealedCopy:
    MailCopy.objects.create(copy=copy, ciphertext="-----BEGIN PGP MESSAGE-----")
    return copy


def _copy(integration: Integration, audience: str) -> SealedCopy:
    credential, _ = Credential.objects.get_or_create(
        integration=integration,
        attempt=1,
        defaults={
            "user_name": "sluice-sensors-1",
            "access_key_id": "AKIAEXAMPLE",
            "state": CredentialState.READY,
            "proof": {"shard_id": "shardId-000000000000", "sequence_number": "1"},
        },
    )
    return SealedCopy.objects.create(
        credential=credential,
        audience=audience,
        fingerprint=FINGERPRINT if audience == SealedCopy.Audience.CLIENT else FINGERPRINT[::-1],
        key_id=FINGERPRINT[-16:],
        ciphertext="-----BEGIN PGP MESSAGE-----",
        sha256="0" * 64,
    )
