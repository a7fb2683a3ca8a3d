"""The registry of AWS IoT: thing types and thing groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.aws.calls import call, delete_if_exists, get_or_none, paginate
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class ThingType:
    """A thing type; `deprecated_at` is since when no thing can be created with it."""

    name: str
    arn: str
    deprecated_at: datetime | None = None

    @property
    def is_deprecated(self) -> bool:
        """Return whether no thing can be created with it."""
        return self.deprecated_at is not None


@dataclass(frozen=True, slots=True)
class ThingGroup:
    """A static thing group."""

    name: str
    arn: str


def describe_thing_type(aws: AwsSession, name: str) -> ThingType | None:
    """Return a thing type, or None.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeThingType.html
    """
    found = get_or_none(aws, "iot", "DescribeThingType", thingTypeName=name)
    if found is None:
        return None
    metadata = found.get("thingTypeMetadata", {})
    deprecated_at = metadata.get("deprecationDate") if metadata.get("deprecated") else None
    return ThingType(found["thingTypeName"], found["thingTypeArn"], deprecated_at)


def create_thing_type(aws: AwsSession, name: str, *, description: str, tags: Mapping[str, str]) -> ThingType:
    """Create a thing type; one with the same properties is returned. Raises AwsFault (CONFLICT with others).

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThingType.html
    """
    properties = {"thingTypeDescription": description}
    given = {"thingTypeName": name, "thingTypeProperties": properties, "tags": iot_tags(tags)}
    found = call(aws, "iot", "CreateThingType", **given)
    return ThingType(found["thingTypeName"], found["thingTypeArn"])


def deprecate_thing_type(aws: AwsSession, name: str, *, undo: bool = False) -> None:
    """Forbid, or with `undo` allow again, that things are created with a type.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeprecateThingType.html
    """
    call(aws, "iot", "DeprecateThingType", thingTypeName=name, undoDeprecate=undo)


def delete_thing_type(aws: AwsSession, name: str) -> None:
    """Delete a thing type that was deprecated five minutes ago. Raises AwsFault before that, or while things have it.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThingType.html
    """
    delete_if_exists(aws, "iot", "DeleteThingType", thingTypeName=name)


def describe_thing_group(aws: AwsSession, name: str) -> ThingGroup | None:
    """Return a thing group, or None.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeThingGroup.html
    """
    found = get_or_none(aws, "iot", "DescribeThingGroup", thingGroupName=name)
    return None if found is None else ThingGroup(found["thingGroupName"], found["thingGroupArn"])


def create_thing_group(aws: AwsSession, name: str, *, description: str, tags: Mapping[str, str]) -> ThingGroup:
    """Create a thing group; one with the same properties is returned. Raises AwsFault (CONFLICT with others).

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThingGroup.html
    """
    properties = {"thingGroupDescription": description}
    given = {"thingGroupName": name, "thingGroupProperties": properties, "tags": iot_tags(tags)}
    found = call(aws, "iot", "CreateThingGroup", **given)
    return ThingGroup(found["thingGroupName"], found["thingGroupArn"])


def delete_thing_group(aws: AwsSession, name: str) -> None:
    """Delete a thing group; its things stay.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteThingGroup.html
    """
    delete_if_exists(aws, "iot", "DeleteThingGroup", thingGroupName=name)


def tags_of(aws: AwsSession, arn: str) -> dict[str, str]:
    """Return the tags of a resource of AWS IoT, {} of one that is gone.

    https://docs.aws.amazon.com/iot/latest/apireference/API_ListTagsForResource.html
    """
    found = paginate(aws, "iot", "ListTagsForResource", "tags", resourceArn=arn)
    return {tag["Key"]: tag.get("Value", "") for tag in found}


def add_tags(aws: AwsSession, arn: str, tags: Mapping[str, str]) -> None:
    """Tag a resource of AWS IoT.

    https://docs.aws.amazon.com/iot/latest/apireference/API_TagResource.html
    """
    call(aws, "iot", "TagResource", resourceArn=arn, tags=iot_tags(tags))


def iot_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as AWS IoT takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
