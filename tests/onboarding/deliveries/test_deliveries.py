"""Every kind of destination: its rules, its configuration by AWS's own model, and its way through a declaration."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from onboarding.deliveries import form_codec, log_retention
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Place
from onboarding.deliveries.form_schema import inputs_of
from onboarding.deliveries.kinds import KINDS, read
from onboarding.deliveries.setting_labels import label_of
from onboarding.problem_texts import sentence_of
from onboarding.spec import diff, rules, validation, yaml_file
from onboarding.spec.change import Verb
from onboarding.spec.integration_spec import IntegrationSpec, from_row
from onboarding.spec.problem import SpecRefused
from portal.aws import logs
from portal.aws.firehose_settings import creation_request, differing_settings
from portal.aws.policies.descriptions import describe_policy
from portal.messages.catalogue import text_of
from tests.onboarding.deliveries_examples import ACCOUNT, DESTINATIONS, REGION, SECRET, example

PLACE = Place(
    region=REGION,
    account_id=ACCOUNT,
    partition="aws",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-firehose",
    bucket_arn="arn:aws:s3:::sluice-sensors",
    log_group="/aws/kinesisfirehose/sluice-sensors",
)
PARTED = {"keys": {"building": ".building"}, "retry_seconds": 60}
PARTED_PREFIX = "b/!{partitionKeyFromQuery:building}/"
PARQUET = {"format": "parquet", "database": "buildings", "table": "readings"}
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sluice-mask:3"


def spec_with(*deliveries: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "sensors",
        "connection": "production",
        "stream": {"name": "sluice-sensors", "region": REGION},
        "deliveries": list(deliveries),
        "recipients": ["A" * 40],
    }


def delivery_of(kind: str, settings: dict[str, Any] | None = None, **more: Any) -> Delivery:
    plain = example(kind, **more)
    plain["destination"] |= settings or {}
    return read(plain)


def problems(kind: str, settings: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
    plain = example(kind, **more)
    plain["destination"] |= settings or {}
    try:
        spec = validation.from_dict(spec_with(plain))
    except SpecRefused as refused:
        return {problem.path.removeprefix("deliveries.0."): sentence_of(problem) for problem in refused.problems}
    found = rules.check(spec, name_prefix="sluice-", account_id=ACCOUNT)
    return {problem.path.removeprefix("deliveries.0."): sentence_of(problem) for problem in found}


def test_there_are_eight() -> None:
    assert set(KINDS) == set(DESTINATIONS)
    assert {kind.MEMBER for kind in KINDS.values()} == {
        name.removesuffix("Configuration")
        for name in get_session().get_service_model("firehose").shape_for("CreateDeliveryStreamInput").members
        if name.endswith("DestinationConfiguration") and not name.startswith(("S3", "Elasticsearch"))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_has_nothing_wrong_and_reads_back(kind: str) -> None:
    assert problems(kind) == {}
    spec = validation.from_dict(spec_with(example(kind)))
    assert yaml_file.from_yaml(spec.as_yaml()) == spec
    found, wanted = spec.as_dict()["deliveries"][0]["destination"], example(kind)["destination"]
    assert {key: found[key] for key in wanted if key != "tables"} == {k: v for k, v in wanted.items() if k != "tables"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_transformed", [False, True])
def test_what_is_asked_for_is_in_awss_shape(kind: str, is_transformed: bool) -> None:
    delivery = delivery_of(kind, transform={"function_arn": FUNCTION} if is_transformed else None)
    asked = creation_request(
        delivery.name,
        stream_arn=f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/sluice-sensors",
        role_arn=PLACE.role_arn,
        destination=delivery.destination.MEMBER,
        configuration=delivery.configuration(PLACE),
        tags={"managed-by": "sluice"},
    )
    shape = get_session().get_service_model("firehose").operation_model("CreateDeliveryStream").input_shape
    report = ParamValidator().validate(asked, shape)
    assert report.generate_report() == ""
    assert ("LambdaArn" in str(asked)) is is_transformed
    assert delivery.log_streams(PLACE)[-1] == "DestinationDelivery"


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_a_name_in_a_plan(kind: str) -> None:
    settings = {name for name in validation.schema()["$defs"][kind]["properties"] if name != "kind"}
    assert set(KINDS[kind].FIELDS) == settings


@pytest.mark.parametrize("kind", KINDS)
def test_the_roles_rights_are_exact(kind: str) -> None:
    delivery = delivery_of(kind, transform={"function_arn": FUNCTION})
    statements = delivery.statements(PLACE)
    stars = {action for statement in statements if statement["Resource"] == "*" for action in statement["Action"]}
    assert stars <= {f"ec2:Describe{what}" for what in ("Vpcs", "VpcAttribute", "Subnets", "SecurityGroups")} | {
        "ec2:DescribeNetworkInterfaces"
    }
    assert describe_policy({"Version": "2012-10-17", "Statement": statements})
    assert ("ReadTheSecret" in {statement["Sid"] for statement in statements}) is ("secret_arn" in DESTINATIONS[kind])


URL = "jdbc:redshift://sluice.abc123.eu-west-1.redshift.amazonaws.com:5439/dev"
ELSEWHERE = SECRET.format(region="eu-central-1", account=ACCOUNT)
PARTIAL = ELSEWHERE.replace("eu-central-1", REGION).removesuffix("-AbCdEf")
FOREIGN = SECRET.format(region=REGION, account="999988887777")


@pytest.mark.parametrize(
    ("kind", "settings", "more", "path", "expected"),
    [
        ("s3", {"time_zone": "Berlin"}, {}, "destination.time_zone", "IANA"),
        ("s3", {"file_extension": "json"}, {}, "destination.file_extension", "begins with a dot"),
        ("s3", {"conversion": PARQUET}, {"buffering_mb": 64}, "compression", "UNCOMPRESSED"),
        ("s3", {"conversion": PARQUET}, {"compression": "UNCOMPRESSED"}, "buffering_mb", "at least 64 MB"),
        (
            "s3",
            {"conversion": {**PARQUET, "compression": "ZLIB"}},
            {"compression": "UNCOMPRESSED", "buffering_mb": 64},
            "destination.conversion.compression",
            "SNAPPY, GZIP",
        ),
        (
            "s3",
            {"conversion": {**PARQUET, "table": "Read-ings"}},
            {"compression": "UNCOMPRESSED", "buffering_mb": 64},
            "destination.conversion.table",
            "lowercase letters",
        ),
        ("s3", {"partitioning": PARTED}, {"buffering_mb": 64}, "prefix", "!{partitionKeyFromQuery:building}"),
        ("s3", {"partitioning": PARTED}, {"prefix": PARTED_PREFIX}, "buffering_mb", "at least 64 MB"),
        (
            "s3",
            {"partitioning": PARTED},
            {"prefix": PARTED_PREFIX, "buffering_mb": 64, "buffering_seconds": 0},
            "buffering_seconds",
            "at least one second",
        ),
        (
            "s3",
            {"partitioning": {"keys": {"building": "building"}}},
            {"prefix": PARTED_PREFIX, "buffering_mb": 64},
            "destination.partitioning.keys",
            "jq",
        ),
        ("s3", {}, {"prefix": PARTED_PREFIX}, "prefix", "S3 destination with dynamic partitioning"),
        (
            "s3",
            {},
            {"prefix": "!{partitionKeyFromLambda:floor}/"},
            "prefix",
            "S3 destination with dynamic partitioning",
        ),
        (
            "s3",
            {"partitioning": PARTED},
            {"prefix": PARTED_PREFIX + "!{partitionKeyFromLambda:floor}/", "buffering_mb": 64},
            "prefix",
            "!{partitionKeyFromLambda:floor} requires a transformation",
        ),
        (
            "s3",
            {"partitioning": PARTED},
            {"prefix": PARTED_PREFIX + "!{partitionKeyFromQuery:floor}/", "buffering_mb": 64},
            "prefix",
            "There is no partition key named floor",
        ),
        ("s3", {"time_zone": "Etc/GMT+1"}, {}, "destination.time_zone", "letters, _ and / only"),
        ("s3", {"source_backup_prefix": "raw/!{date:x}/"}, {}, "destination.source_backup_prefix", "no expression"),
        (
            "s3",
            {"source_backup_prefix": PARTED_PREFIX},
            {},
            "destination.source_backup_prefix",
            "does not support partition keys",
        ),
        (
            "s3",
            {"source_backup_prefix": "raw/!{timestamp:yyyy}/"},
            {"prefix": "plain/", "error_prefix": "errors/"},
            "error_prefix",
            "error-output-type",
        ),
        (
            "s3",
            {},
            {"prefix": "plain/", "error_prefix": "errors/!{timestamp:yyyy}/"},
            "error_prefix",
            "With expressions, this must contain !{firehose:error-output-type}",
        ),
        (
            "s3",
            {},
            {"error_prefix": "!{partitionKeyFromQuery:building}/!{firehose:error-output-type}/"},
            "error_prefix",
            "a failed record may have none",
        ),
        ("s3", {}, {"error_prefix": "errors/"}, "error_prefix", "error-output-type"),
        ("s3", {}, {"error_prefix": "e/!{nonsense:x}/!{firehose:error-output-type}/"}, "error_prefix", "no expression"),
        ("s3", {}, {"buffering_mb": 129}, "buffering_mb", "maximum of 128"),
        ("redshift", {"cluster_jdbc_url": "https://x"}, {}, "destination.cluster_jdbc_url", "JDBC URL"),
        ("redshift", {"table": ""}, {}, "destination.table", "missing"),
        ("redshift", {"secret_arn": "hunter2"}, {}, "destination.secret_arn", "Never enter the secret itself"),
        ("redshift", {"secret_arn": ELSEWHERE}, {}, "destination.secret_arn", "is in eu-central-1"),
        ("redshift", {"secret_arn": FOREIGN}, {}, "destination.secret_arn", "another AWS account"),
        ("redshift", {}, {"compression": "Snappy"}, "compression", "GZIP"),
        (
            "redshift",
            {},
            {"prefix": "a/!{timestamp:yyyy}/"},
            "prefix",
            "prefix of files for Redshift cannot contain expressions",
        ),
        ("redshift", {}, {"error_prefix": "failed/"}, "error_prefix", "does not support an error prefix"),
        ("redshift", {"copy_options": "json 'auto'"}, {}, "destination.copy_options", "Add gzip"),
        ("redshift", {}, {"compression": "UNCOMPRESSED"}, "destination.copy_options", "files are uncompressed"),
        (
            "redshift",
            {"source_backup_prefix": "raw/!{timestamp:yyyy}/"},
            {},
            "destination.source_backup_prefix",
            "With Redshift this prefix cannot contain expressions",
        ),
        ("redshift", {"secret_arn": PARTIAL}, {}, "destination.secret_arn", "six characters"),
        (
            "opensearch",
            {"domain_arn": "search"},
            {},
            "destination.domain_arn",
            "not an ARN of this type: OpenSearch domain",
        ),
        ("opensearch", {"index": "Readings"}, {}, "destination.index", "lowercase letters"),
        ("opensearch", {"index": "_hidden"}, {}, "destination.index", "does not begin"),
        ("opensearch", {}, {"buffering_mb": 101}, "buffering_mb", "1 to 100 MB"),
        (
            "opensearch",
            {"vpc": {"subnet_ids": ["here"], "security_group_ids": ["sg-0a1b2c3d"]}},
            {},
            "destination.vpc.subnet_ids",
            "1 to 16",
        ),
        (
            "opensearch_serverless",
            {"collection_endpoint": "https://other99.eu-west-1.aoss.amazonaws.com"},
            {},
            "destination.collection_endpoint",
            "another collection",
        ),
        (
            "opensearch_serverless",
            {"collection_endpoint": "https://abc123def456.eu-west-2.aoss.amazonaws.com"},
            {},
            "destination.collection_endpoint",
            "is in eu-west-2",
        ),
        ("http", {"url": "http://in.example.com"}, {}, "destination.url", "https://"),
        ("http", {"url": "https://me:secret@in.example.com"}, {}, "destination.url", "Store them in the secret"),
        ("http", {"attributes": {"api_key": "x"}}, {}, "destination.attributes", "Do not use them for tokens"),
        (
            "redshift",
            {"copy_options": "aws_secret_access_key=x"},
            {},
            "destination.copy_options",
            "Do not enter user names, passwords",
        ),
        ("http", {"attributes": {"": "x"}}, {}, "destination.attributes", "1 to 256"),
        ("http", {}, {"buffering_mb": 65}, "buffering_mb", "1 to 64 MB"),
        ("splunk", {"hec_endpoint": "hec.example.com"}, {}, "destination.hec_endpoint", "https://"),
        ("splunk", {"ack_timeout_seconds": 60}, {}, "destination.ack_timeout_seconds", "minimum of 180"),
        ("splunk", {}, {"buffering_seconds": 300}, "buffering_seconds", "0 to 60 seconds"),
        ("splunk", {}, {"buffering_mb": 6}, "buffering_mb", "1 to 5 MB"),
        ("snowflake", {"account_url": "https://example.com"}, {}, "destination.account_url", "snowflakecomputing.com"),
        (
            "snowflake",
            {"loading": "VARIANT_CONTENT_MAPPING"},
            {},
            "destination.metadata_column",
            "this column is not used",
        ),
        ("snowflake", {"metadata_column": ""}, {}, "destination.metadata_column", "missing"),
        ("snowflake", {"private_link_vpce_id": "vpce-1"}, {}, "destination.private_link_vpce_id", "PrivateLink"),
        ("snowflake", {"retry_seconds": 7201}, {}, "destination.retry_seconds", "maximum of 7200"),
        ("iceberg", {"catalog_arn": "catalog"}, {}, "destination.catalog_arn", "Glue catalog"),
        ("iceberg", {"append_only": True}, {}, "destination.tables.0.unique_keys", "Append-only tables"),
        ("iceberg", {"warehouse_bucket": "Big"}, {}, "destination.warehouse_bucket", "capital"),
        ("s3", {}, {"transform": {"function_arn": "mask"}}, "transform.function_arn", "Lambda function"),
        ("s3", {}, {"transform": {"function_arn": FUNCTION, "buffer_mb": 5}}, "transform.buffer_mb", "maximum of 3"),
        ("iceberg", {"tabels": []}, {}, "destination", "Unknown: tabels"),
        ("splunk", {"kind": "kafka"}, {}, "destination.kind", "kafka"),
    ],
)
def test_what_aws_would_refuse_is_said_at_its_field(
    kind: str, settings: dict[str, Any], more: dict[str, Any], path: str, expected: str
) -> None:
    found = problems(kind, settings, **more)
    assert set(found) == {path}, found
    assert expected in found[path]
    assert "hunter2" not in str(found)


def changed(kind: str, settings: dict[str, Any], **more: Any) -> dict[str, tuple[Verb, str]]:
    def spec(delivery: Delivery) -> IntegrationSpec:
        return IntegrationSpec("s", "c", validation.from_dict(spec_with()).stream, (delivery,), ("A" * 40,))

    found = diff.between(spec(delivery_of(kind)), spec(delivery_of(kind, settings, **more)))
    start = f"deliveries.{example(kind)['name']}."
    return {change.path.removeprefix(start): (change.verb, text_of(change.effect)) for change in found}


@pytest.mark.parametrize(
    ("kind", "settings", "more", "path", "verb", "expected"),
    [
        (
            "s3",
            {"source_backup_prefix": None},
            {},
            "destination.source_backup_prefix",
            "refuse",
            "turning this off again",
        ),
        (
            "s3",
            {"source_backup_prefix": "all/"},
            {},
            "destination.source_backup_prefix",
            "update",
            "Applies to new files",
        ),
        ("s3", {"partitioning": PARTED}, {}, "destination.partitioning", "refuse", "Cannot be changed after"),
        ("s3", {"conversion": PARQUET}, {}, "destination.conversion", "update", "both formats"),
        ("opensearch", {"backup": "all"}, {}, "destination.backup", "refuse", "Cannot be changed after"),
        ("splunk", {"backup": "all"}, {}, "destination.backup", "update", "Applies to new records"),
        ("http", {"attributes": {"site": "quay"}}, {}, "destination.attributes", "update", "minute"),
        ("iceberg", {"append_only": True}, {}, "destination.append_only", "update", "minute"),
        ("snowflake", {"table": "OTHER"}, {}, "destination.table", "update", "new table"),
        ("redshift", {}, {"transform": {"function_arn": FUNCTION}}, "transform", "update", "role is updated"),
    ],
)
def test_a_changed_setting_has_its_verdict(
    kind: str, settings: dict[str, Any], more: dict[str, Any], path: str, verb: str, expected: str
) -> None:
    found = changed(kind, settings, **more)
    assert set(found) == {path}
    assert found[path][0] == verb
    assert expected in found[path][1]


def test_another_kind_under_the_same_name_is_refused() -> None:
    plain = {**example("splunk"), "name": example("http")["name"]}
    before, after = (
        IntegrationSpec("s", "c", validation.from_dict(spec_with()).stream, (read(delivery),), ("A" * 40,))
        for delivery in (example("http"), plain)
    )
    [found] = diff.between(before, after)
    assert (found.verb, text_of(found.was), text_of(found.becomes)) == (Verb.REFUSE, "HTTP endpoint", "Splunk")


def test_settings_are_compared_as_aws_describes_them() -> None:
    wanted = delivery_of("splunk", transform={"function_arn": FUNCTION}).configuration(PLACE)
    described = {**wanted, "S3DestinationDescription": {**wanted["S3Configuration"], "EncryptionConfiguration": {}}}
    del described["S3Configuration"]
    [processor] = wanted["ProcessingConfiguration"]["Processors"]
    filled_in = {"ParameterName": "RoleArn", "ParameterValue": PLACE.role_arn}
    listed = [filled_in, *reversed(processor["Parameters"])]
    described["ProcessingConfiguration"] = {"Enabled": True, "Processors": [{**processor, "Parameters": listed}]}
    found = differing_settings(wanted, described)
    assert found == [], "AWS lists the role that it filled in"
    described["ProcessingConfiguration"]["Processors"][0]["Parameters"] = listed[2:]
    found = differing_settings(wanted, described)
    assert [setting.path for setting in found] == ["ProcessingConfiguration.Processors"], "a parameter is missing"
    described["ProcessingConfiguration"]["Processors"][0]["Parameters"] = listed
    described["HECEndpointType"] = "Event"
    assert [setting.path for setting in differing_settings(wanted, described)] == ["HECEndpointType"]


def test_a_key_of_a_function_parts_records_beside_one_of_a_query() -> None:
    more = {
        "prefix": PARTED_PREFIX + "!{partitionKeyFromLambda:floor}/",
        "buffering_mb": 64,
        "transform": {"function_arn": FUNCTION},
    }
    assert problems("s3", {"partitioning": PARTED}, **more) == {}
    asked = delivery_of("s3", {"partitioning": PARTED}, **more).configuration(PLACE)["ProcessingConfiguration"]
    assert [processor["Type"] for processor in asked["Processors"]] == [
        "Lambda",
        "MetadataExtraction",
        "AppendDelimiterToRecord",
    ]


def test_redshift_is_asked_for_without_a_prefix_of_errors() -> None:
    """AWS: “Prefix Expressions or ErrorOutputPrefix is currently not supported for this destination”."""
    asked = delivery_of("redshift", {"source_backup_prefix": "raw/"}).configuration(PLACE)
    assert asked["S3BackupConfiguration"]["Prefix"] == "raw/"
    assert "ErrorOutputPrefix" not in str(asked)


def test_a_file_extension_can_be_taken_away() -> None:
    """What an update leaves out stays as it was, so nothing is asked for as nothing."""
    wanted = delivery_of("s3", {"file_extension": ""}).configuration(PLACE)
    assert wanted["FileExtension"] == ""
    [found] = differing_settings(wanted, {**wanted, "FileExtension": ".json"})
    assert (found.path, found.wanted, found.found) == ("FileExtension", "", ".json")


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("s3", {"partitioning": PARTED, "conversion": PARQUET}),
        ("s3", {"conversion": {**PARQUET, "format": "orc"}}),
        ("redshift", {"source_backup_prefix": "raw/"}),
        ("http", {}),
        ("splunk", {}),
    ],
    ids=["s3 parted", "s3 as ORC", "redshift", "http", "splunk"],
)
def test_what_differs_is_called_by_a_name_of_ours(kind: str, settings: dict[str, Any]) -> None:
    wanted = delivery_of(kind, settings, transform={"function_arn": FUNCTION}).configuration(PLACE)
    paths = [setting.path for setting in differing_settings(wanted, {})]
    assert len(paths) > 10
    assert [path for path in paths if path.endswith(text_of(label_of(path)).removeprefix("backup: "))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_is_what_is_declared(kind: str) -> None:
    """From a declaration to the page's fields and back, nothing is lost or added."""
    delivery = delivery_of(kind, transform={"function_arn": FUNCTION, "buffer_mb": 0.5})
    values = form_codec.typed(delivery)
    assert all(isinstance(value, str) for value in values.values())
    assert read(form_codec.plain(values)) == delivery
    plainly = delivery_of(kind)
    assert read(form_codec.plain(form_codec.typed(plainly))) == plainly


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_asks_for_every_setting(kind: str) -> None:
    schema = validation.schema()["$defs"]
    wanted = set()
    for name, setting in schema[kind]["properties"].items():
        nested = setting.get("properties", {})
        wanted |= {f"destination.{name}.{inner}" for inner in nested} or {f"destination.{name}"}
    wanted |= {f"transform.{name}" for name in schema["delivery"]["properties"]["transform"]["properties"]}
    wanted.add("log_retention_days")
    assert {field_input.path for field_input in inputs_of(kind)} == wanted - {"destination.kind"}


@pytest.mark.parametrize(("typed", "days"), [("30", 30), ("0", 0), ("keep", None)])
def test_the_page_offers_what_aws_accepts_as_retention_of_a_log_group(typed: str, days: int | None) -> None:
    assert form_codec.plain({"log_retention_days": typed})["log_retention_days"] == days
    assert form_codec.typed(delivery_of("s3", log_retention_days=days))["log_retention_days"] == typed
    [offered] = [field_input.choices for field_input in inputs_of("s3") if field_input.path == "log_retention_days"]
    accepted = validation.schema()["$defs"]["delivery"]["properties"]["log_retention_days"]
    assert {value for value, _ in offered} == {"keep" if value is None else str(value) for value in accepted["enum"]}
    assert set(accepted["enum"]) == {None, logs.NEVER_EXPIRES, *logs.RETENTION_DAYS}
    assert accepted["default"] == log_retention.DEFAULT_DAYS


def test_delivery_errors_of_a_new_delivery_expire_and_those_of_an_earlier_one_are_offered_to() -> None:
    destination = {**example("s3")["destination"], "delimiter": True}
    before = from_row(spec_with(example("s3", destination=destination)))
    assert before.deliveries[0].log_retention_days is None
    [change] = diff.between(before, validation.from_dict(spec_with(example("s3"))))
    assert (change.path, change.verb) == ("deliveries.sluice-sensors-to-s3.log_retention_days", Verb.UPDATE)
    assert [text_of(change.was), text_of(change.becomes)] == ["not set by Sluice", "90"]
    never = validation.from_dict(spec_with(example("s3", log_retention_days=0)))
    assert text_of(diff.between(never, before)[0].was) == "never expire"


@pytest.mark.parametrize("days", [2, -1, "30", 3654])
def test_a_retention_that_aws_does_not_accept_is_refused(days: object) -> None:
    assert set(problems("s3", log_retention_days=days)) == {"log_retention_days"}
