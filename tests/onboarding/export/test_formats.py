"""Every form says the same: each is parsed by its own tool, and compared with what the steps ask of AWS."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from onboarding.export.cloudformation import cloudformation
from onboarding.export.formats import FORMATS
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import CannotExport, Resources, resources_of
from onboarding.export.script import cli_script
from onboarding.export.terraform import terraform
from onboarding.export.terraform_firehose import FLAT, NAMES
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan import Plan
from portal.messages.message import Message
from tests.onboarding.export.conftest import by_role, plan_of, with_consumers, without_boundary
from tests.portal.aws.role_files import heredoc, unquoted

CFN_LINT = [sys.executable, "-c", "import sys; from cfnlint import runner; sys.exit(runner.main())"]
# A command up to the next one on its line.
_COMMAND = re.compile(r"\baws (kinesis|firehose|iam|iot|s3api|logs|sts|kms) ([a-z][a-z0-9-]+)((?:(?!\baws ).)*)")
_OPTION = re.compile(r"(?<= )--[a-z0-9-]+")
_READ = re.compile(r"^IFS= read -r -d '' (\w+) <<'JSON' \|\| true\n(.*?)\nJSON$", re.MULTILINE | re.DOTALL)


def of_template(found: Resources) -> dict[str, list[dict[str, Any]]]:
    """The properties in a template, by type."""
    listed: dict[str, list[dict[str, Any]]] = {}
    for resource in yaml.safe_load(cloudformation(found))["Resources"].values():
        listed.setdefault(resource["Type"], []).append(resource["Properties"])
    return listed


def of_terraform(found: Resources) -> dict[str, list[dict[str, Any]]]:
    """The arguments in the configuration, by type."""
    listed: dict[str, list[dict[str, Any]]] = {}
    for block in hcl2.load(io.StringIO(terraform(found)))["resource"]:
        [(kind, named)] = [(unquoted(key), value) for key, value in block.items() if not key.startswith("__")]
        [arguments] = [value for key, value in named.items() if not key.startswith("__")]
        listed.setdefault(kind, []).append(arguments)
    return listed


def of_script(found: Resources) -> list[tuple[str, Any]]:
    """The documents in the script, by the name that the script gives them."""
    return [(name, json.loads(text)) for name, text in _READ.findall(cli_script(found))]


def firehose_settings(value: Any) -> Iterator[tuple[str, Any]]:
    """Every setting of a configuration in AWS's shape, as Terraform calls it."""
    if isinstance(value, dict):
        for name, member in value.items():
            if (
                isinstance(member, dict | list)
                and member
                and not (isinstance(member, list) and isinstance(member[0], str))
            ):
                yield from firehose_settings(member)
            elif name not in FLAT and member not in ({}, []):
                yield NAMES[name], member
    elif isinstance(value, list):
        for item in value:
            yield from firehose_settings(item)


def terraform_settings(value: Any) -> Iterator[tuple[str, Any]]:
    """Every setting of a block of Terraform."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, dict) or (isinstance(member, list) and member and isinstance(member[0], dict)):
                yield from terraform_settings(member)
            elif not name.startswith("__"):
                plain = [text(entry) for entry in member] if isinstance(member, list) else text(member)
                if plain != []:
                    yield name, plain
    elif isinstance(value, list):
        for item in value:
            yield from terraform_settings(item)


def text(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.startswith('"') else value


def as_set(settings: Iterator[tuple[str, Any]]) -> list[str]:
    return sorted(json.dumps(setting, sort_keys=True) for setting in settings)


def test_cfn_lint_has_nothing_to_say_of_any_destination(found: Resources, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(cloudformation(found))
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    file.write_text(cloudformation(found).replace("CatalogArn", "CatalogARN"))
    assert subprocess.run([*CFN_LINT, str(file)], capture_output=True, check=False, timeout=120).returncode != 0


def test_what_holds_data_is_kept_unless_its_creation_fails(found: Resources) -> None:
    resources = yaml.safe_load(cloudformation(found))["Resources"].values()
    kept = {resource["Type"]: resource["DeletionPolicy"] for resource in resources if "DeletionPolicy" in resource}
    # A bucket or stream left of a stack that failed would keep the next attempt from its name.
    assert kept == dict.fromkeys(("AWS::Kinesis::Stream", "AWS::S3::Bucket"), "RetainExceptOnCreate")


def test_a_template_too_large_for_a_request_says_how_to_upload_it(found: Resources) -> None:
    large, small = cloudformation(found), cloudformation(replace(found, deliveries=found.deliveries[:1]))
    assert len(large.encode()) > 51_200 > len(small.encode())
    assert "larger than 51,200 bytes" in large
    assert "51,200" not in small


@pytest.mark.parametrize(
    ("declared", "command"),
    [(30, "put-retention-policy"), (0, "delete-retention-policy"), (None, "")],
    ids=["30 days", "for ever", "not set by Sluice"],
)
def test_every_form_keeps_delivery_errors_as_declared(declared: int | None, command: str) -> None:
    plan = plan_of()
    kept = tuple(replace(delivery, log_retention_days=declared) for delivery in plan.spec.deliveries)
    found = resources_of(replace(plan, spec=replace(plan.spec, deliveries=kept)))
    days, count = declared or None, len(kept)
    assert [group.get("RetentionInDays") for group in of_template(found)["AWS::Logs::LogGroup"]] == [days] * count
    groups = of_terraform(found)["aws_cloudwatch_log_group"]
    assert [group.get("retention_in_days") for group in groups] == [days] * count
    script = cli_script(found)
    assert re.findall(r"aws logs (\w+-retention-policy)", script) == ([command] * count if command else [])
    assert script.count("--retention-in-days 30\n") == (count if declared else 0)


def test_bash_understands_the_script(found: Resources, tmp_path: Path) -> None:
    file = tmp_path / "plan.sh"
    file.write_text(cli_script(found))
    subprocess.run(["bash", "-n", str(file)], check=True, timeout=120)
    assert "\nset -euo pipefail\n" in file.read_text()
    assert not re.search(r"@[a-z_]+@", file.read_text()), "every place is filled in"


@cache
def service_model(name: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(name, "service-2"))


def options_unknown_to_aws(script: str) -> list[str]:
    """Every command of a script with an option that the AWS CLI, which spells by `xform_name`, does not have."""
    unknown = []
    for service, operation, rest in _COMMAND.findall(script.replace("\\\n", " ")):
        model = service_model({"s3api": "s3"}.get(service, service))
        name = next(name for name in model.operation_names if xform_name(name, "-") == operation)
        known = {f"--{xform_name(member, '-')}" for member in model.operation_model(name).input_shape.members}
        known |= {"--output", "--query", "--cli-input-json"}
        unknown += [f"{service} {operation} {option}" for option in _OPTION.findall(rest) if option not in known]
    return unknown


def test_every_option_of_the_scripts_is_spelt_as_the_aws_cli_spells_it(found: Resources) -> None:
    adopted = resources_of(plan_of(adopt=True, creation_timestamp="2026-11-21T07:00:00+00:00"))
    for script in (cli_script(found), cli_script(adopted), removal_script(found), removal_script(adopted)):
        assert len(_COMMAND.findall(script)) > 20
        assert options_unknown_to_aws(script) == []
    assert options_unknown_to_aws("aws kinesis update-max-record-size --max-record-size-in-kib 5") == [
        "kinesis update-max-record-size --max-record-size-in-kib"
    ]


def test_every_form_gives_the_same_documents(found: Resources) -> None:
    wanted = [found.policy, *(bucket.policy for bucket in found.buckets if bucket.is_new)]
    wanted += [
        document for delivery in found.deliveries for document in (delivery.trust_policy, delivery.permissions_policy)
    ]
    template, hcl = of_template(found), of_terraform(found)
    in_template = [
        resource["PolicyDocument"] for kind in ("ManagedPolicy",) for resource in template[f"AWS::IAM::{kind}"]
    ]
    in_template += [resource["PolicyDocument"] for resource in template["AWS::S3::BucketPolicy"]]
    for role in template["AWS::IAM::Role"]:
        in_template += [role["AssumeRolePolicyDocument"], role["Policies"][0]["PolicyDocument"]]
    in_hcl = [
        heredoc(resource["policy"]) for kind in ("aws_iam_policy", "aws_s3_bucket_policy") for resource in hcl[kind]
    ]
    for role, inline_policy in zip(hcl["aws_iam_role"], hcl["aws_iam_role_policy"], strict=True):
        in_hcl += [heredoc(role["assume_role_policy"]), heredoc(inline_policy["policy"])]
    in_script = [document for name, document in of_script(found) if name in {"document", "trust", "permissions"}]
    assert in_template == wanted
    assert in_hcl == wanted
    assert in_script == wanted


def test_every_form_asks_the_same_of_firehose_as_the_step(found: Resources) -> None:
    documents = [document for name, document in of_script(found) if name == "request"]
    request = [document for document in documents if "DeliveryStreamName" in document]
    assert request == [delivery.creation for delivery in found.deliveries]
    spelt = json.dumps(of_template(found)["AWS::KinesisFirehose::DeliveryStream"])
    assert json.loads(spelt.replace("s3BackupMode", "S3BackupMode").replace("CatalogArn", "CatalogARN")) == request
    blocks = of_terraform(found)["aws_kinesis_firehose_delivery_stream"]
    for delivery, block in zip(found.deliveries, blocks, strict=True):
        [body] = block[next(key for key in block if key.endswith("_configuration") and "source" not in key)]
        wanted = {name: value for name, value in delivery.configuration.items() if not switched_off(name, value)}
        assert as_set(terraform_settings(body)) == as_set(firehose_settings(wanted)), delivery.name


def switched_off(name: str, value: Any) -> bool:
    return name == "DataFormatConversionConfiguration" and value == {"Enabled": False}


LARGER = {"max_record_kib": 4096, "tags": {"team": "air", "cost": ""}}


@pytest.mark.parametrize(
    "stream",
    [{}, {"mode": "ON_DEMAND", "shards": None, "kms_key": "none", "shard_level_metrics": False}, LARGER],
    ids=["provisioned", "on-demand", "large and tagged"],
)
def test_every_form_makes_the_same_stream(stream: dict[str, Any]) -> None:
    plan = plan_of(**stream)
    found, wanted = resources_of(plan), plan.spec.stream
    [made] = of_template(found)["AWS::Kinesis::Stream"]
    [hcl] = of_terraform(found)["aws_kinesis_stream"]
    request = next(document for name, document in of_script(found) if name == "request")
    assert (made["Name"], text(hcl["name"]), request["StreamName"]) == (wanted.name,) * 3
    assert (made.get("ShardCount"), hcl.get("shard_count"), request.get("ShardCount")) == (wanted.shards,) * 3
    assert made["RetentionPeriodHours"] == hcl["retention_period"] == wanted.retention_hours
    assert f"--retention-period-hours {wanted.retention_hours}" in cli_script(found)
    key = made.get("StreamEncryption", {}).get("KeyId")
    assert (key, text(hcl.get("kms_key_id"))) == (found.key_id,) * 2
    assert f"key='{found.key_id or ''}'" in cli_script(found)
    count = 7 if wanted.shard_level_metrics else 0
    assert len(made.get("DesiredShardLevelMetrics", [])) == len(hcl.get("shard_level_metrics", [])) == count
    tags = {**wanted.tags, **plan.tags}
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == request["Tags"] == tags
    assert {text(key): text(value) for key, value in hcl["tags"].items() if not key.startswith("__")} == tags
    kib = None if wanted.max_record_kib == 1024 else wanted.max_record_kib
    assert (made.get("MaxRecordSizeInKiB"), hcl.get("max_record_size_in_kib"), request.get("MaxRecordSizeInKiB")) == (
        (kib,) * 3
    )


@pytest.mark.parametrize("form", FORMATS)
def test_the_boundaries_bind_where_there_are_any(form: str) -> None:
    render = FORMATS[form][0]
    plan = plan_of()
    both, count = render(resources_of(plan)), len(plan.spec.deliveries)
    assert (both.count(plan.boundary_arn), both.count(plan.user_boundary_arn)) == (count, 1)
    # An account whose grant has one boundary for both.
    shared = render(resources_of(replace(plan, producer_boundary_arn="")))
    assert (shared.count(plan.boundary_arn), shared.count("ProducerBoundary")) == (count + 1, 0)
    assert "oundary" not in render(resources_of(without_boundary(plan)))


@pytest.mark.parametrize("form", FORMATS)
def test_no_form_holds_a_secret_or_makes_a_key(form: str, found: Resources) -> None:
    written = FORMATS[form][0](found)
    for word in ("AKIA", "AccessKey", "access_key", "access-key", "SecretAccessKey"):
        assert word not in written
    assert "creates no access key" in written


def test_what_terraform_has_no_word_for_is_refused(found: Resources) -> None:
    first = found.deliveries[0]
    strange = {**first.creation, "ExtendedS3DestinationConfiguration": {"NewSetting": 1}}
    with pytest.raises(CannotExport) as refused:
        terraform(replace(found, deliveries=(replace(first, creation=strange),)))
    assert refused.value.message == Message("export.unknown_setting", setting="NewSetting")
    with pytest.raises(CannotExport) as refused:
        terraform(replace(found, deliveries=(replace(first, destination="MoonDestination"),)))
    assert refused.value.message == Message("export.unknown_destination", destination="MoonDestination")


def test_a_bucket_of_the_clients_own_is_not_touched() -> None:
    plan = plan_of()
    own = tuple(replace(delivery, new_bucket=False) for delivery in plan.spec.deliveries)
    found = resources_of(replace(plan, spec=replace(plan.spec, deliveries=own)))
    assert "AWS::S3::Bucket" not in of_template(found)
    assert not [kind for kind in of_terraform(found) if kind.startswith("aws_s3")]
    assert "put-bucket" not in cli_script(found)


BUCKET_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("declared", "algorithm", "key"),
    [("s3", "AES256", None), ("aws", "aws:kms", None), (BUCKET_KEY, "aws:kms", BUCKET_KEY)],
)
def test_every_form_encrypts_a_new_bucket_as_declared(declared: str, algorithm: str, key: str | None) -> None:
    plan = plan_of()
    encrypted = tuple(replace(delivery, bucket_encryption=declared) for delivery in plan.spec.deliveries)
    found = resources_of(replace(plan, spec=replace(plan.spec, deliveries=encrypted)))
    [rule] = of_template(found)["AWS::S3::Bucket"][0]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = rule["ServerSideEncryptionByDefault"]
    assert (default["SSEAlgorithm"], default.get("KMSMasterKeyID")) == (algorithm, key)
    [hcl] = of_terraform(found)["aws_s3_bucket_server_side_encryption_configuration"][0]["rule"]
    [of_hcl] = hcl["apply_server_side_encryption_by_default"]
    assert (text(of_hcl["sse_algorithm"]), text(of_hcl.get("kms_master_key_id"))) == (algorithm, key)
    [written] = re.findall(r"--server-side-encryption-configuration \\\n  '(.*)'", cli_script(found))
    [asked] = json.loads(written)["Rules"]
    assert asked["ApplyServerSideEncryptionByDefault"] == default
    assert rule["BucketKeyEnabled"] == hcl["bucket_key_enabled"] == asked["BucketKeyEnabled"] == (algorithm != "AES256")
    roles = [json.dumps(delivery.permissions_policy) for delivery in found.deliveries]
    assert {"EncryptObjects" in role for role in roles} == {algorithm != "AES256"}


def test_a_key_of_the_clients_own_stands_everywhere() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-0000-4000-8000-000000000000"
    found = resources_of(plan_of(kms_key=key))
    for render, _ in FORMATS.values():
        assert render(found).count(key) >= 2 + len(found.deliveries), "the stream, the producer, every role"


def test_a_key_that_is_yet_to_be_made_is_refused() -> None:
    with pytest.raises(CannotExport, match=r"export\.new_key"):
        resources_of(plan_of(kms_key="new"))


def test_every_form_makes_the_same_role_for_the_vendor_and_no_user() -> None:
    plan = by_role(plan_of())
    found = resources_of(plan)
    [made] = [role for role in of_template(found)["AWS::IAM::Role"] if role["RoleName"] == plan.producer_role_name]
    assert (made["Path"], made["PermissionsBoundary"]) == ("/sluice/producers/", plan.user_boundary_arn)
    assert made["AssumeRolePolicyDocument"] == plan.producer_trust
    assert made["Policies"] == [{"PolicyName": "producer", "PolicyDocument": plan.producer_policy()}]
    [role] = [role for role in of_terraform(found)["aws_iam_role"] if unquoted(role["path"]) == "/sluice/producers/"]
    assert heredoc(role["assume_role_policy"]) == plan.producer_trust
    documents = of_script(found)
    assert ("trust", plan.producer_trust) in documents
    assert ("document", plan.producer_policy()) in documents
    for form in (cloudformation, terraform, cli_script):
        text = form(found)
        assert not re.search(r"AWS::IAM::User|aws_iam_user|create-user|access-key", text), form
        assert "the vendor assumes the role" in text
        assert "4f6c2a5e-0d1b" in text


def test_every_form_makes_the_same_roles_for_consumers() -> None:
    plan = with_consumers(plan_of())
    found = resources_of(plan)
    made = [role for role in of_template(found)["AWS::IAM::Role"] if role["Path"] == "/sluice/consumers/"]
    in_hcl = [role for role in of_terraform(found)["aws_iam_role"] if unquoted(role["path"]) == "/sluice/consumers/"]
    documents = of_script(found)
    for role, resource, block in zip(plan.spec.consumer_roles, made, in_hcl, strict=True):
        name, trust = consumer_plan.role_name(plan, role), consumer_plan.trust(plan, role)
        assert (resource["RoleName"], unquoted(block["name"])) == (name, name)
        assert (resource["AssumeRolePolicyDocument"], heredoc(block["assume_role_policy"])) == (trust, trust)
        assert (resource["MaxSessionDuration"], block["max_session_duration"]) == (role.session_seconds,) * 2
        assert resource["PermissionsBoundary"] == plan.consumer_boundary_arn == unquoted(block["permissions_boundary"])
        assert resource["Policies"][0]["PolicyDocument"] == consumer_plan.permissions(plan, role)
        assert ("trust", trust) in documents
    assert documents.count(("document", consumer_plan.permissions(plan, plan.spec.consumer_roles[0]))) == 2


def test_a_role_whose_external_id_is_yet_to_be_made_is_refused() -> None:
    with pytest.raises(CannotExport, match=r"export\.new_external_id"):
        resources_of(replace(with_consumers(plan_of()), consumer_external_ids={}))


@pytest.mark.parametrize("change", [by_role, with_consumers])
def test_cfn_lint_and_bash_have_nothing_to_say_of_a_role(tmp_path: Path, change: Callable[[Plan], Plan]) -> None:
    found = resources_of(change(plan_of()))
    template = tmp_path / "template.yaml"
    template.write_text(cloudformation(found))
    done = subprocess.run([*CFN_LINT, str(template)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    for script in (cli_script(found), removal_script(found)):
        assert subprocess.run(["bash", "-n"], input=script, text=True, check=False, timeout=30).returncode == 0
