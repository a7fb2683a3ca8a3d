"""KCL 3: shared reads unless a consumer is registered, and every right that AWS's page lists, on this table alone."""

from onboarding.connectors import kcl
from portal.aws.policies.statements import Document
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import ACCOUNT, CONSUMER_ARN, NAME, REGION, ROLE, STREAM_ARN, STREAMS

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{NAME}-reader"
ITEMS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Scan"}


def properties(way: str) -> dict[str, str]:
    found: dict[str, str] = read("properties", kcl.settings(STREAMS[way]).file("kcl.properties").text)
    return found


def test_without_a_registered_consumer_reads_are_shared() -> None:
    found = properties("itself")
    assert found["streamArn"] == STREAM_ARN
    assert found["retrievalMode"] == "POLLING"
    assert found["AwsCredentialsProvider"] == "DefaultCredentialsProvider"
    assert "fanoutConfig.consumerArn" not in found


def test_a_registered_consumer_is_named() -> None:
    found = properties("fan-out")
    assert (found["retrievalMode"], found["fanoutConfig.consumerArn"]) == ("FANOUT", CONSUMER_ARN)
    # The role reads records and nothing else, so the tables are the application's own.
    own = {"AwsCredentialsProviderDynamoDB", "AwsCredentialsProviderCloudWatch"}
    assert {found[name] for name in own} == {"DefaultCredentialsProvider"}
    role, _, tables = kcl.settings(STREAMS["fan-out"]).policies
    assert not any("dynamodb" in action for actions in allowed(role.document).values() for action in actions)
    assert STREAM_ARN not in allowed(tables.document)
    provider = found["AwsCredentialsProvider"].split("|")
    assert provider[:2] == ["KclStsAssumeRoleCredentialsProvider", ROLE.arn]
    assert provider[3:] == [f"endpointRegion={REGION}", f"externalId={ROLE.external_id}"]


def test_the_rights_are_those_of_awss_page() -> None:
    found = allowed(kcl.settings(STREAMS["itself"]).policies[0].document)
    of_table = {f"dynamodb:{name}" for name in ITEMS | {"CreateTable", "DescribeTable"}}
    assert found[TABLE] == of_table | {"dynamodb:UpdateTable"}
    assert found[f"{TABLE}-WorkerMetricStats"] == found[f"{TABLE}-CoordinatorState"] == of_table
    assert found[f"{TABLE}/index/*"] == {"dynamodb:Query"}
    assert found["*"] == {"cloudwatch:PutMetricData"}
    reads = {"DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords"}
    assert found[STREAM_ARN] == {f"kinesis:{name}" for name in reads}


def allowed(document: Document) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for statement in document["Statement"]:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        for resource in resources:
            found.setdefault(resource, set()).update(statement["Action"])
    return found
