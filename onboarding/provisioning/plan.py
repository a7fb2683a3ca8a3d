"""The plan of a run: every resource by name. A value object without AWS, Django or the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Place
from onboarding.iot.device_names import DeviceNames
from onboarding.spec.endpoint import VPC
from onboarding.spec.integration_spec import IntegrationSpec
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.networks import ANY_NETWORK, Origin, SenderNetworks
from portal.aws.policies.producer import producer_policy, producer_trust_policy
from portal.aws.policies.statements import Document
from portal.messages.message import Message

INTEGRATION_TAG = "sluice:integration"
TENANT_TAG = "sluice:tenant"
IAM_PATH = "/sluice/"
PRODUCERS_PATH = f"{IAM_PATH}producers/"
CONSUMERS_PATH = f"{IAM_PATH}consumers/"
KEY_KIND = "KMS key"
USER_KIND = "IAM user"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone the access key is encrypted to: full fingerprint and armored public certificate; by mail too or not."""

    fingerprint: str
    certificate: str
    is_vendor: bool = False
    wants_mail: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run creates, by name. Every name follows from the spec and the integration's uid.

    One ARN is not known before the resource exists: `created_key_arn`, of the KMS key that Sluice creates, is "" until
    then. The engine replaces it after the step that creates the key. `may_delete`: the client allows
    Sluice to delete what it created. `boundary_arn` is that of roles, `producer_boundary_arn` that of users: "" where
    the account has one boundary for both. `vendor_principal_arn` and `external_id` are of a producer by role: who can
    assume it, and with which external ID. `retired` is the kind of producer that the vendor no longer uses ("user" or
    "role"), and whose resources a run therefore removes; "" where there is none. `former` is the kind that a move
    replaces and that still works: drift checks compare it too. `cannot_encrypt` is why no access key can be encrypted
    to the recipients now: a run that creates none is not affected. `consumer_boundary_arn` is that of consumers' roles;
    `consumer_external_ids` has the external ID of each such role by its name in the spec.
    """

    integration_uid: str
    tenant_slug: str
    account_id: str
    partition: str
    boundary_arn: str
    name_prefix: str
    spec: IntegrationSpec
    recipients: tuple[Recipient, ...] = ()
    portal_role_arn: str = ""
    created_key_arn: str = ""
    may_delete: bool = True
    producer_boundary_arn: str = ""
    vendor_principal_arn: str = ""
    external_id: str = ""
    retired: str = ""
    former: str = ""
    cannot_encrypt: Message | None = None
    networks: SenderNetworks = ANY_NETWORK
    consumer_boundary_arn: str = ""
    consumer_external_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def user_boundary_arn(self) -> str:
        """Return the ARN of the permissions boundary of the producer, an IAM user or a role."""
        return self.producer_boundary_arn or self.boundary_arn

    @property
    def key_alias(self) -> str:
        """Return the alias of the KMS key that Sluice creates for the stream."""
        return f"alias/{self._stem}"

    @property
    def key_description(self) -> str:
        """Return that key's description, by which a key is found whose answer was lost: it has no tags yet."""
        return f"Data stream {self.spec.stream.name}, Sluice integration {self.integration_uid}. You own this key."

    @property
    def key_policy(self) -> Document:
        """Return that key's policy."""
        region, role = self.spec.stream.region, self.portal_role_arn
        return stream_key_policy(self.account_id, role, region, self.partition, may_delete=self.may_delete)

    @property
    def key_arn(self) -> str | None:
        """Return the ARN of the customer managed key, or None: there is none, or it is not created yet."""
        return (self.created_key_arn or None) if self.spec.stream.makes_key else self.spec.stream.customer_key_arn

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags that mark a resource as this integration's."""
        return {INTEGRATION_TAG: self.integration_uid, TENANT_TAG: self.tenant_slug, "managed-by": "sluice"}

    @property
    def stream_tags(self) -> dict[str, str]:
        """Return Sluice's tags on the data stream. An adopted stream gets only those with the prefix sluice:, because
        its owner may use the key managed-by."""
        if not self.spec.stream.adopt:
            return self.tags
        return {INTEGRATION_TAG: self.integration_uid, TENANT_TAG: self.tenant_slug}

    @property
    def stream_arn(self) -> str:
        """Return the data stream's ARN."""
        return (
            f"arn:{self.partition}:kinesis:{self.spec.stream.region}:{self.account_id}:stream/{self.spec.stream.name}"
        )

    @property
    def producer_policy_name(self) -> str:
        """Return the name of the policy that the IAM user gets."""
        return self.identity_name("producer", 110)

    @property
    def producer_policy_arn(self) -> str:
        """Return that policy's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:policy{IAM_PATH}{self.producer_policy_name}"

    def producer_policy(self, proving_user: str | None = None) -> Document:
        """Return that policy; a `proving_user` may put a record from elsewhere than others."""
        exempt = proving_user if self.origin.is_restricted else None
        return producer_policy(self.stream_arn, self.key_arn, origin=self.origin, proving_user=exempt)

    @property
    def origin(self) -> Origin:
        """Return from where the producer's records are accepted."""
        endpoint = self.spec.stream.endpoint
        vpc_endpoint_id = endpoint.vpc_endpoint_id if endpoint.kind == VPC else ""
        return Origin(self.networks, vpc_endpoint_id, only=bool(endpoint.demanded))

    @property
    def producer_role_name(self) -> str:
        """Return the name of the role that the vendor assumes to put records."""
        return self.identity_name("producer", 48)

    @property
    def producer_role_arn(self) -> str:
        """Return that role's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:role{PRODUCERS_PATH}{self.producer_role_name}"

    @property
    def producer_trust(self) -> Document:
        """Return that role's trust policy."""
        return producer_trust_policy(self.vendor_principal_arn, self.external_id)

    def user_name(self, attempt: int) -> str:
        """Return the IAM user's name for one attempt. The attempt is in the name so that IAM itself fences workers:
        a later attempt deletes the earlier user, and a paused worker finds no user to create a key for."""
        return self.identity_name(str(attempt), 50)

    def user_arn(self, user_name: str) -> str:
        """Return the ARN of an IAM user of this integration."""
        return f"arn:{self.partition}:iam::{self.account_id}:user{IAM_PATH}{user_name}"

    def firehose_role_name(self, delivery: Delivery) -> str:
        """Return the name of the role that Firehose assumes for a delivery."""
        return delivery.role_name(self.integration_uid)

    def firehose_role_arn(self, delivery: Delivery) -> str:
        """Return that role's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:role{IAM_PATH}{self.firehose_role_name(delivery)}"

    def bucket_arn(self, bucket: str) -> str:
        """Return a bucket's ARN."""
        return f"arn:{self.partition}:s3:::{bucket}"

    def log_group_arn(self, delivery: Delivery) -> str:
        """Return the ARN of the log group for a delivery's errors."""
        place = f"{self.spec.stream.region}:{self.account_id}"
        return f"arn:{self.partition}:logs:{place}:log-group:{delivery.log_group}"

    def firehose_arn(self, delivery: Delivery) -> str:
        """Return the Firehose stream's ARN."""
        place = f"{self.spec.stream.region}:{self.account_id}"
        return f"arn:{self.partition}:firehose:{place}:deliverystream/{delivery.name}"

    def place_of(self, delivery: Delivery) -> Place:
        """Return the ARNs and names that a delivery's configuration and permissions need."""
        return Place(
            region=self.spec.stream.region,
            account_id=self.account_id,
            partition=self.partition,
            role_arn=self.firehose_role_arn(delivery),
            bucket_arn=self.bucket_arn(delivery.bucket),
            log_group=delivery.log_group,
        )

    @property
    def devices(self) -> DeviceNames | None:
        """Return the device source with its names; None where the spec has none."""
        source, region = self.spec.devices, self.spec.stream.region
        if source is None:
            return None
        place = (region, self.account_id, self.partition)
        return DeviceNames(source, self._stem, self.integration_uid, *place, path=IAM_PATH)

    def identity_name(self, last: str, room: int) -> str:
        """Return a name in IAM that ends with `last` and has at most `room` characters of the stream's name."""
        # Six digits of the uid keep two streams of one name in two Regions apart: IAM's names know no Region.
        return f"{self._stem[:room]}-{self.integration_uid[:6]}-{last}"

    @property
    def _stem(self) -> str:
        # An adopted stream may have any name; what Sluice creates always begins with the prefix.
        name = self.spec.stream.name
        return name if name.startswith(self.name_prefix) else f"{self.name_prefix}{name}"[:128]


def is_ours(plan: Plan, tags: dict[str, str]) -> bool:
    """Return whether a resource carries this integration's tag."""
    return tags.get(INTEGRATION_TAG) == plan.integration_uid
