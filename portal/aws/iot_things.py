"""Things of AWS IoT: one for each device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class AwsThing:
    """A thing with its type and attributes. Things have no tags: whose it is says an attribute."""

    name: str
    arn: str
    type_name: str
    attributes: dict[str, str]


def describe_thing(aws: AwsSession, name: str) -> AwsThing | None:
    """Return a thing, or None. https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeThing.html"""
    found = get_or_none(aws, "iot", "DescribeThing", thingName=name)
    if found is None:
        return None
    attributes = dict(found.get("attributes") or {})
    return AwsThing(found["thingName"], found["thingArn"], found.get("thingTypeName") or "", attributes)


def create_thing(aws: AwsSession, name: str, *, type_name: str, attributes: Mapping[str, str]) -> str:
    """Create a thing and return its ARN; the same again changes nothing. Raises AwsFault (CONFLICT for another one).

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html
    """
    payload = {"attributes": dict(attributes)}
    found = call(aws, "iot", "CreateThing", thingName=name, thingTypeName=type_name, attributePayload=payload)
    return str(found["thingArn"])


def add_to_group(aws: AwsSession, thing: str, group: str) -> None:
    """Add a thing to a thing group; the same again changes nothing.

    https://docs.aws.amazon.com/iot/latest/apireference/API_AddThingToThingGroup.html
    """
    call(aws, "iot", "AddThingToThingGroup", thingName=thing, thingGroupName=group)


def attach_certificate(aws: AwsSession, thing: str, certificate_arn: str) -> None:
    """Attach a certificate to a thing; the same again changes nothing.

    https://docs.aws.amazon.com/iot/latest/apireference/API_AttachThingPrincipal.html
    """
    call(aws, "iot", "AttachThingPrincipal", thingName=thing, principal=certificate_arn)


def detach_certificate(aws: AwsSession, thing: str, certificate_arn: str) -> None:
    """Detach a certificate from a thing; no error where either is gone.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DetachThingPrincipal.html
    """
    delete_if_exists(aws, "iot", "DetachThingPrincipal", thingName=thing, principal=certificate_arn)


def delete_thing(aws: AwsSession, name: str) -> None:
    """Delete a thing without certificates; one that is absent is fine.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThing.html
    """
    delete_if_exists(aws, "iot", "DeleteThing", thingName=name)
