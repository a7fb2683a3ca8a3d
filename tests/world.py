"""A small world for stories: the vendor, two clients with AWS accounts, their people and their OpenPGP keys.

Accounts are new for every world, so that no test sees what another left in the emulator.
"""

import itertools
import json
import os
from dataclasses import dataclass, field

import pytest

from onboarding.connections import creation, grant, verification
from onboarding.credentials import recipients
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.models.pgp_key import PgpKey
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.chosen_permissions import ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from portal.openpgp.generate import generate_keypair
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User

VENDOR_ACCOUNT = "999900001111"
PASSWORD = "correct horse battery staple"
_numbers = itertools.count(os.getpid() % 9000 * 10_000_000 + 100_000_000_000)


@dataclass
class Keypair:
    """An OpenPGP key of somebody in the story."""

    certificate: str
    private_key: str = field(repr=False)


@dataclass
class World:
    """What a story begins with."""

    ministack: MiniStack
    vendor: Keypair
    client_key: Keypair
    tenant: Tenant
    other_tenant: Tenant
    admin: User
    viewer: User
    outsider: User
    support: User
    operator: User
    account_id: str
    other_account_id: str
    portal_arn: str

    def root(self, account_id: str | None = None, region: str = "eu-west-1") -> AwsSession:
        """The root user of the client's account, which plays the client in the AWS console."""
        return self.ministack.root(account_id or self.account_id, region=region)

    def connected(self, optional: ChosenPermissions | None = None) -> Connection:
        """A verified connection with every right, made as a client makes it: from the portal's own template."""
        connection = creation.start_connection(
            tenant=self.tenant,
            name="production",
            account_id=self.account_id,
            actor=self.admin,
            optional=optional or every_right(self.account_id),
        )
        apply_template(self.root(), grant.role_template(connection))
        role_arn = f"arn:aws:iam::{self.account_id}:role/SluiceAccess"
        return verification.verify_connection(connection=connection, role_arn=role_arn, actor=self.admin)

    def recipient(self) -> PgpKey:
        """The client's own OpenPGP key, confirmed."""
        key = recipients.add_pgp_key(tenant=self.tenant, blob=self.client_key.certificate.encode(), actor=self.admin)
        return recipients.confirm_pgp_key(key=key, actor=self.admin)

    def spec(self, connection: Connection, recipient: PgpKey, *, delivery: bool = True) -> IntegrationSpec:
        """An integration with everything switched on."""
        name = "sluice-sensors"
        to_s3 = Delivery(
            name=f"{name}-to-s3",
            bucket=f"sluice-sensors-{self.account_id}",
            buffering_seconds=60,
            log_retention_days=90,
        )
        return IntegrationSpec(
            name=name,
            connection=connection.uid,
            stream=StreamSpec(name=name, region="eu-west-1", shards=2, retention_hours=48),
            deliveries=(to_s3,) if delivery else (),
            recipients=(recipient.fingerprint,),
        )


def every_right(account_id: str) -> ChosenPermissions:
    """All that a client can allow, with what the deliveries of tests name otherwise than the prefix."""
    named = {"aoss": "collection/abc123def456", "glue": "database/buildings"}
    return chosen_permissions(
        PERMISSION_BY_KEY, [f"arn:aws:{service}:eu-west-1:{account_id}:{name}" for service, name in named.items()]
    )


def apply_template(client: AwsSession, template: str) -> None:
    """Deploy the role's template in the client's account, as the client does."""
    stack = client.client("cloudformation")
    stack.create_stack(StackName="sluice-access", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    made = stack.get_waiter("stack_create_complete")
    made.wait(StackName="sluice-access", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def portal_identity(ministack: MiniStack) -> dict[str, str]:
    """Make the vendor's IAM user that the portal is, and return its environment."""
    iam = ministack.root(VENDOR_ACCOUNT).client("iam")
    name = f"sluice-portal-{next(_numbers)}"
    iam.create_user(UserName=name)
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/SluiceAccess*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "SLUICE_PORTAL_PRINCIPAL_ARN": f"arn:aws:iam::{VENDOR_ACCOUNT}:user/{name}",
    }


def new_account_id() -> str:
    """Twelve digits that no other test uses."""
    return str(next(_numbers))


def person(email: str, tenant: Tenant | None = None, role: TenantRole = TenantRole.ADMIN, **fields: object) -> User:
    """Somebody who can sign in with PASSWORD."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    if tenant is not None:
        Membership.objects.create(tenant=tenant, user=user, role=role)
    return user


@pytest.fixture(scope="session")
def vendor_keypair() -> Keypair:
    return Keypair(*generate_keypair("Sensor network delivery <delivery@vendor.example>"))


@pytest.fixture(scope="session")
def client_keypair() -> Keypair:
    return Keypair(*generate_keypair("Ada Northwind <ada@northwind.example>"))


@pytest.fixture(scope="session")
def portal_user(ministack: MiniStack) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ministack.environment.items():
            patch.setenv(name, value)
        return portal_identity(ministack)


@pytest.fixture
def world(db, ministack_env, portal_user, vendor_keypair, client_keypair, settings, monkeypatch, tmp_path, clean_redis):
    certificate = tmp_path / "delivery.asc"
    certificate.write_text(vendor_keypair.certificate)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
    settings.SLUICE_PORTAL_PRINCIPAL_ARN = portal_user["SLUICE_PORTAL_PRINCIPAL_ARN"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", portal_user["AWS_ACCESS_KEY_ID"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", portal_user["AWS_SECRET_ACCESS_KEY"])
    northwind = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    contoso = Tenant.objects.create(slug="contoso", name="Contoso Towers")
    return World(
        ministack=ministack_env,
        vendor=vendor_keypair,
        client_key=client_keypair,
        tenant=northwind,
        other_tenant=contoso,
        admin=person("admin@northwind.example", northwind, full_name="Ada Northwind"),
        viewer=person("viewer@northwind.example", northwind, TenantRole.VIEWER),
        outsider=person("admin@contoso.example", contoso),
        support=person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT),
        operator=person("operator@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR),
        account_id=new_account_id(),
        other_account_id=new_account_id(),
        portal_arn=portal_user["SLUICE_PORTAL_PRINCIPAL_ARN"],
    )
