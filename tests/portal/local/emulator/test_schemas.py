"""The emulator's schema registry: a version is found in its account and Region, by those who may read it."""

import itertools
import json

import pytest

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.schemas import avro_schema
from portal.local.ministack import MiniStack

_numbers = itertools.count(476000000000)
SCHEMA = json.dumps({"type": "record", "name": "R", "fields": [{"name": "device", "type": "string"}]})


def test_a_schema_version_is_found_in_its_account_and_region_only(ministack_env: MiniStack) -> None:
    root = ministack_env.root(str(next(_numbers)), region="eu-west-1")
    glue = root.client("glue")
    version = glue.create_schema(SchemaName="r", DataFormat="AVRO", Compatibility="NONE", SchemaDefinition=SCHEMA)
    other = glue.create_schema(SchemaName="j", DataFormat="JSON", Compatibility="NONE", SchemaDefinition="{}")
    assert avro_schema(root, version["SchemaVersionId"]) == SCHEMA
    assert avro_schema(root, other["SchemaVersionId"]) is None
    stranger = ministack_env.root(str(next(_numbers)), region="eu-west-1")
    for session in (stranger, root.in_region("us-east-1")):
        with pytest.raises(AwsFault) as fault:
            avro_schema(session, version["SchemaVersionId"])
        assert fault.value.kind is FaultKind.NOT_FOUND
