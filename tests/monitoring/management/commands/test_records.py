"""`manage.py records read` reads one page in its own process, masked as for staff."""

import io
import json

import pytest
from django.core.management import call_command

from monitoring.history.opened import OpenedStream
from monitoring.management.commands.records import _row
from monitoring.record_read_model import ReadSource, RecordRead
from monitoring.records.access import Audience
from monitoring.records.record_contents import refused_contents
from monitoring.records.record_row import rows_of, visible_rows
from onboarding.models.integration import Integration
from portal.aws.records import DataRecord
from portal.aws.session import AwsSession
from portal.command_line import CommandFailed
from portal.messages.message import Message
from tests.monitoring.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("records", "read", "sluice-sensors", "--tenant", "northwind", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_the_newest_records_masked(
    integration: Integration, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    kinesis.put_record(StreamName="sluice-sensors", Data=b'{"name": "Alice"}', PartitionKey="badge-4711")
    found = json.loads(printed("--json"))
    assert (found["phase"], found["found"], found["is_at_edge"]) == ("done", 1, True)
    assert found["records"][0]["is_masked"]
    text = printed("--from", "TRIM_HORIZON", "--yes", "--limit", "25")
    assert "1 record" in text
    assert "Alice" not in text


def test_it_says_why_a_schema_could_not_be_read(
    integration: Integration, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    kinesis.put_record(StreamName="sluice-sensors", Data=b"\x00\x00\x00\x00\x2a\x06wet", PartitionKey="k")
    (note,) = json.loads(printed("--json"))["unknown_schemas"]
    assert (note["registry"], note["reason"]["code"]) == ("Confluent Schema Registry", "schemas.no_registry")
    assert "The address of the Confluent Schema Registry is not known." in printed()


def test_what_it_prints_is_in_the_audit_of_reads(
    integration: Integration, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    printed("--json")
    assert not RecordRead.objects.exists()
    kinesis.put_record(StreamName="sluice-sensors", Data=b'{"name": "Alice"}', PartitionKey="badge-4711")
    for _ in range(2):
        printed("--json", "--filter", "@size > 1")
    (read,) = RecordRead.objects.all()
    assert (read.email, read.is_staff, read.is_masked, read.person) == ("command line", True, True, None)
    assert (read.source, read.filter_text, read.records) == (ReadSource.COMMAND, "@size > 1", 2)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--from", "TRIM_HORIZON"], "Add --yes to confirm."),
        (["--from", "AT_TIMESTAMP"], "Enter a date and time"),
        (["--from", "AT_SEQUENCE_NUMBER", "--sequence-number", "1"], "Choose the shard"),
        (["--shard", "x"], "The stream has no shard x."),
    ],
)
def test_what_cannot_be_read_is_an_error(integration: Integration, arguments: list[str], text: str) -> None:
    with pytest.raises(CommandFailed, match=text):
        printed(*arguments)


def test_a_page_that_could_not_be_read_names_the_reason(
    integration: Integration, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    with pytest.raises(CommandFailed, match="The stream has no shard shardId-000000000009"):
        printed("--shard", "9")


def test_why_a_record_is_refused_is_masked_too() -> None:
    reason = Message("decode.library_error", detail="Alice")
    contents = refused_contents(b"x", "badge-4711", reason)
    (visible,) = visible_rows(rows_of(DataRecord("1", NOW, "badge-4711", b"x", "shardId-0"), contents), Audience.MASKED)
    assert "Alice" not in json.dumps(_row(visible))
