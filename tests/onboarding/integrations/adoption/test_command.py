"""Adopting by command line: the stream printed as a spec, planned, applied, taken down; and as files for no portal."""

import io
import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from onboarding.export.formats import FORMATS
from onboarding.export.resources import resources_of
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.problem_texts import lines_of
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec.problem import SpecRefused
from onboarding.spec.validation import from_dict
from onboarding.spec.yaml_file import from_yaml
from portal.aws import kinesis
from portal.messages.message import Message
from tests.onboarding.integrations.adoption.conftest import NAME, TAGS, Theirs
from tests.onboarding.provisioning.driving import carried_out

pytestmark = pytest.mark.django_db(transaction=True)


def output_of(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def found(theirs: Theirs, name: str = NAME) -> str:
    where = ("--region", "eu-west-1", "--connection", theirs.connection.name, "--tenant", theirs.world.tenant.slug)
    return output_of("integration", "found", name, *where)


def written(theirs: Theirs, tmp_path: Path, **changed: object) -> Path:
    spec = yaml.safe_load(found(theirs)) | {
        "name": NAME,
        "connection": theirs.connection.name,
        "recipients": [theirs.world.recipient().fingerprint],
    }
    spec["stream"] |= changed
    file = tmp_path / "spec.yaml"
    file.write_text(yaml.safe_dump(spec))
    return file


def test_the_spec_that_is_printed_adopts_and_changes_nothing(theirs: Theirs, tmp_path: Path) -> None:
    before = theirs.stream()
    assert found(theirs).startswith(f"# {theirs.arn}: ACTIVE, 0 consumers, tags: ")
    file, tenant = written(theirs, tmp_path), theirs.world.tenant.slug
    plan = output_of("integration", "plan", str(file), "--tenant", tenant)
    assert "What changes in your stream, which is adopted:\n  nothing" in plan
    assert not Integration.objects.exists()
    output_of("integration", "apply", str(file), "--tenant", tenant)
    assert carried_out(Run.objects.get()).state == "done"
    assert theirs.stream() == before
    status = output_of("integration", "status", NAME, "--tenant", tenant)
    assert f"adopted   data stream      {NAME}" in status
    out = io.StringIO()
    with pytest.raises(CommandError, match="add --yes"):
        call_command("integration", "destroy", NAME, "--tenant", tenant, "--delete-data", stdout=out)
    assert "Kept: the stream is yours" in out.getvalue()
    output_of("integration", "destroy", NAME, "--tenant", tenant, "--delete-data", "--yes")
    assert carried_out(Run.objects.first()).state == "done"
    assert (theirs.stream(), theirs.tags()) == (before, TAGS)


def test_what_the_file_changes_is_in_the_plan(theirs: Theirs, tmp_path: Path) -> None:
    file = written(theirs, tmp_path, shards=6)
    plan = json.loads(output_of("integration", "plan", str(file), "--tenant", theirs.world.tenant.slug, "--json"))
    assert [(change["path"], change["was"]["text"], change["becomes"]["text"]) for change in plan["changes"]] == [
        ("stream.shards", "3", "6")
    ]
    assert plan["adopts"]["arn"] == theirs.arn


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_another_time_than_the_streams_is_refused(theirs: Theirs, tmp_path: Path, verb: str) -> None:
    file = written(theirs, tmp_path, creation_timestamp="2026-01-02T03:04:05+01:00")
    with pytest.raises(CommandError) as refused:
        output_of("integration", verb, str(file), "--tenant", theirs.world.tenant.slug)
    assert "stream.creation_timestamp: The stream of this name was created at 20" in str(refused.value)
    assert not Integration.objects.exists()


def test_a_stream_that_is_not_there_or_is_anothers_is_refused(theirs: Theirs, tmp_path: Path) -> None:
    file = written(theirs, tmp_path)
    kinesis.tag_stream(theirs.world.root(), NAME, {"sluice:integration": "somebodyelse"})
    assert "# It cannot be adopted: Data stream telemetry already exists and belongs to" in found(theirs)
    for expected in ("an integration of another organisation", "there is none to adopt"):
        with pytest.raises(CommandError) as refused:
            output_of("integration", "apply", str(file), "--tenant", theirs.world.tenant.slug)
        assert expected in str(refused.value)
        if kinesis.describe_stream(theirs.world.root(), NAME):
            theirs.deleted()
    with pytest.raises(CommandError, match="there is none to adopt"):
        found(theirs)
    with pytest.raises(CommandError, match="the role or access key does not have the permission"):
        found(theirs, "payroll")


SPEC = """\
name: t
connection: c
recipients: ["0123456789ABCDEF0123456789ABCDEF01234567"]
stream:
  name: telemetry
  region: eu-west-1
  adopt: true
"""
SETTINGS = "mode retention_hours shard_level_metrics kms_key max_record_kib"
WHOLE = SPEC + (
    "  creation_timestamp: 2026-11-21T07:00:00.25Z\n  mode: ON_DEMAND\n  retention_hours: 24\n"
    "  shard_level_metrics: false\n  kms_key: none\n  max_record_kib: 1024\n"
)


def test_every_setting_has_to_be_said_so_that_none_is_changed_unsaid() -> None:
    with pytest.raises(SpecRefused) as refused:
        from_yaml(SPEC)
    [problem] = refused.value.problems
    assert (problem.path, problem.line) == ("stream", 5)
    assert problem.message == Message("spec.missing_fields", missing=["creation_timestamp", *SETTINGS.split()])
    with pytest.raises(SpecRefused, match=r"spec\.missing_fields") as refused:
        from_yaml(WHOLE.replace("ON_DEMAND", "PROVISIONED"))
    assert refused.value.problems[0].message == Message("spec.missing_fields", missing=["shards"])


def test_a_time_is_read_as_aws_writes_it_and_kept_as_it_was_written() -> None:
    spec = from_yaml(WHOLE)
    assert spec.stream.creation_timestamp == "2026-11-21T07:00:00.25Z"
    assert str(spec.stream.created_at) == "2026-11-21 07:00:00+00:00"
    assert from_yaml(spec.as_yaml()) == spec
    assert from_yaml(WHOLE.replace("T07:00:00.25Z", "T08:00:00+01:00")).stream.created_at == spec.stream.created_at


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("2026-11-21T07:00:00.25Z", "yesterday", "not a time with its zone"),
        ("2026-11-21T07:00:00.25Z", "2026-11-21T07:00:00", "not a time with its zone"),
        ("2026-11-21T07:00:00.25Z", "17", "not of type 'string'"),
        ("adopt: true", "adopt: false", "Allowed only for an adopted stream"),
        ("adopt: true", "adopt: please", "not of type 'boolean'"),
        ("name: telemetry", "name: tele metry", "cannot be in it"),
    ],
)
def test_bad_input_is_named_at_its_line(was: str, now: str, expected: str) -> None:
    with pytest.raises(SpecRefused) as refused:
        from_yaml(WHOLE.replace(was, now))
    assert any(expected in line for line in lines_of(refused.value))
    assert refused.value.problems[0].line is not None


def test_a_spec_that_makes_its_stream_says_nothing_of_adopting(theirs: Theirs) -> None:
    spec = theirs.spec(theirs.looked(), adopt=False, creation_timestamp="")
    assert "adopt" not in spec.as_yaml()
    assert from_dict(spec.as_dict()) == spec


@pytest.mark.parametrize("form", FORMATS)
def test_no_file_makes_it_or_could_delete_it(theirs: Theirs, form: str) -> None:
    integration = Integration(tenant=theirs.world.tenant, connection=theirs.connection)
    spec = theirs.spec(theirs.looked(), delivery=True)
    text = FORMATS[form][0](resources_of(plan_for(integration, spec)))
    assert theirs.arn in text
    makes = ("AWS::Kinesis::Stream\n", 'resource "aws_kinesis_stream"', "kinesis create-stream", "aws_kinesis_stream.")
    assert [creation for creation in makes if creation in text] == []
    if form != "cli":
        assert f"Data stream {NAME} is yours and was adopted" in text
