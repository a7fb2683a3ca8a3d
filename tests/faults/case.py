"""A case: a tenant with an AWS account of its own, a connection, a recipient, and a run that nobody has touched."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from onboarding.connections import creation, grant, verification
from onboarding.credentials import recipients
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import read
from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.spec.integration_spec import USER, IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession
from portal.local.ministack import root_session
from portal.openpgp.certificates import inspect
from portal.tenancy.models import Tenant
from tests.onboarding.deliveries_examples import example
from tests.world import Keypair, apply_template, every_right

REGION = "eu-west-1"
STREAM = "sluice-sensors"


@dataclass(frozen=True)
class Case:
    """What a scenario begins with; `sender` is the access key with which the vendor assumes its role."""

    account_id: str
    run_id: int
    client_key: Keypair = field(repr=False)
    sender: AwsCredentials | None = field(default=None, repr=False)

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return Run.objects.select_related("integration__tenant").get(pk=self.run_id)

    def root(self) -> AwsSession:
        """The root user of the client's account."""
        return root_session(self.account_id, region=REGION)


Declared = Callable[[AwsSession, Integration, Connection], StreamSpec]


def new_case(
    client_key: Keypair,
    *,
    kinds: Iterable[str] = ("s3",),
    new_key: bool = False,
    theirs: Declared | None = None,
    producer: str = USER,
    sender: AwsCredentials | None = None,
) -> Case:
    """Make a case of its own in the same database and the same emulator, with a delivery of each kind.

    With `new_key` the stream is to be encrypted with a KMS key that Sluice makes. `theirs` puts a stream of the
    client's into the account and returns how it is adopted. A `producer` by role needs the vendor's `sender`.
    """
    account_id = f"{secrets.randbelow(9 * 10**11) + 10**11}"
    tenant = Tenant.objects.create(slug=f"t-{account_id}", name=f"Estate {account_id}")
    connection = creation.start_connection(
        tenant=tenant, name="production", account_id=account_id, actor="test", optional=every_right(account_id)
    )
    root = root_session(account_id, region=REGION)
    apply_template(root, grant.role_template(connection))
    role_arn = f"arn:aws:iam::{account_id}:role/SluiceAccess"
    connection = verification.verify_connection(connection=connection, role_arn=role_arn, actor="test")
    key = _recipient(tenant, client_key)
    integration = Integration.objects.create(tenant=tenant, name="draft")
    spec = IntegrationSpec(
        name="sensors",
        connection=connection.uid,
        stream=theirs(root, integration, connection)
        if theirs
        else StreamSpec(name=STREAM, region=REGION, shards=1, retention_hours=48, kms_key="new" if new_key else "aws"),
        deliveries=tuple(_delivery(kind, account_id) for kind in kinds),
        recipients=(key.fingerprint,),
        producer=producer,
    )
    run = runs.start_run(integration=integration, actor="test", spec=spec)
    return Case(account_id, run.pk, client_key, sender)


def _delivery(kind: str, account_id: str) -> Delivery:
    if kind == "s3":
        bucket = f"{STREAM}-{account_id}"
        return Delivery(name=f"{STREAM}-to-s3", bucket=bucket, buffering_seconds=60, log_retention_days=90)
    return read(example(kind, account=account_id, region=REGION))


def _recipient(tenant: Tenant, client_key: Keypair) -> PgpKey:
    certificate = inspect(client_key.certificate)
    key = PgpKey.objects.create(
        tenant=tenant,
        fingerprint=certificate.fingerprint,
        user_ids=list(certificate.user_ids),
        algorithm=certificate.algorithm,
        encryption_key_id=certificate.encryption_key_id,
        certificate=certificate.armored,
    )
    return recipients.confirm_pgp_key(key=key, actor="test")
