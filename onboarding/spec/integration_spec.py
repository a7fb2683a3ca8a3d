"""The integration as a declaration: frozen dataclasses that the wizard, the command line and the engine share.

yaml_file.py reads and writes it, validation.py checks it against the schema, rules.py against AWS's own rules.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn

from onboarding.consumers.role import ConsumerRole, role_of
from onboarding.deliveries import bucket_encryption
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import CONVERTER, read
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.iot.device_source import DeviceSource
from onboarding.sharing.share import Share
from onboarding.spec.endpoint import Endpoint
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.bucket_protection import Encryption

USER, ROLE = "user", "role"


@dataclass(frozen=True, slots=True)
class IntegrationSpec:
    """Everything that a run creates: stream, deliveries, producer, consumers, and the recipients (fingerprints).

    `producer` is "user", an IAM user whose access key the recipients can open, or "role", which the vendor assumes.
    `devices` send through AWS IoT Core, beside the producer; their things are rows and not part of the spec.
    `shares` are principals of other accounts that read the stream; `fan_out` are consumers registered with it.
    """

    name: str
    connection: str
    stream: StreamSpec
    deliveries: tuple[Delivery, ...] = ()
    recipients: tuple[str, ...] = field(default_factory=tuple)
    producer: str = USER
    consumer_roles: tuple[ConsumerRole, ...] = ()
    devices: DeviceSource | None = None
    shares: tuple[Share, ...] = ()
    fan_out: tuple[FanOutConsumer, ...] = ()

    @property
    def is_by_role(self) -> bool:
        """Return whether the vendor sends by assuming a role, so that there is no access key."""
        return self.producer == ROLE

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON; `from_dict` reads it back."""
        plain: dict[str, Any] = _converter().unstructure(self)
        if self.producer == USER:  # as in files that are older than the choice
            del plain["producer"]
        if self.devices is None:
            del plain["devices"]
        for optional in ("consumer_roles", "shares", "fan_out"):
            if not plain[optional]:
                del plain[optional]
        return plain

    def delivery(self, name: str) -> Delivery:
        """Return the delivery of a name; raises KeyError when there is none."""
        found = next((delivery for delivery in self.deliveries if delivery.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def buckets(self) -> dict[str, bool]:
        """Return every bucket that a delivery writes to, once, and whether Sluice creates it."""
        return {delivery.bucket: delivery.new_bucket for delivery in self.deliveries}

    def encryption_of(self, bucket: str) -> Encryption:
        """Return how a bucket that Sluice creates encrypts new objects; all deliveries to it declare the same."""
        declared = next(delivery.bucket_encryption for delivery in self.deliveries if delivery.bucket == bucket)
        return bucket_encryption.encryption_of(declared)

    def as_yaml(self) -> str:
        """Return the spec as a YAML file that `integration apply` reads."""
        return str(yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True))


@cache
def _converter() -> Converter:
    converter = CONVERTER.copy()
    converter.register_structure_hook(Delivery, lambda data, _: read(data))
    converter.register_unstructure_hook(Endpoint, Endpoint.as_dict)
    converter.register_structure_hook(ConsumerRole, lambda data, _: role_of(data))
    converter.register_unstructure_hook(ConsumerRole, ConsumerRole.as_dict)
    converter.register_unstructure_hook(Share, Share.as_dict)
    stream_as_dict = make_dict_unstructure_fn(StreamSpec, converter)

    def stream_without_adoption(stream: StreamSpec) -> dict[str, Any]:
        plain: dict[str, Any] = stream_as_dict(stream)
        if not stream.adopt:
            del plain["adopt"], plain["creation_timestamp"]
        return plain

    converter.register_unstructure_hook(StreamSpec, stream_without_adoption)
    return converter


def from_row(data: Any) -> IntegrationSpec:
    """Return the spec that a row keeps. It was checked before it was stored, so it is not checked again."""
    stream = data["stream"]
    shards = None if stream.get("mode") == "ON_DEMAND" else 1
    whole = {**data, "stream": {"shards": shards, **stream}, "deliveries": data.get("deliveries") or ()}
    return _converter().structure(whole, IntegrationSpec)
