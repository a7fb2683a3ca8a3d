"""What is particular to one tool: names that its documentation lists, and values that follow from the stream."""

from onboarding.connectors import aws_cli, flink, kafka_connect, spark, telegraf, vector
from portal.messages.catalogue import text_of
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import CONSUMER_ARN, NAME, ROLE, STREAM_ARN, STREAMS


def test_flink_shares_reads_at_one_a_second_or_uses_the_registered_consumer() -> None:
    shared = read("sql", flink.settings(STREAMS["itself"]).files[0].text)
    assert (shared["stream.arn"], shared["source.reader.type"]) == (STREAM_ARN, "POLLING")
    assert shared["source.reader.empty-records-fetch-interval"] == "1 s"
    own = read("sql", flink.settings(STREAMS["fan-out"]).files[0].text)
    assert (own["source.reader.type"], own["source.efo.consumer.name"]) == ("EFO", "analytics")
    assert own["source.efo.lifecycle"] == "SELF_MANAGED"
    assert own["aws.credentials.role.externalId"] == ROLE.external_id


def test_sparks_connector_has_no_external_id_so_the_profile_has_it() -> None:
    found = spark.settings(STREAMS["role"])
    assert "kinesis.stsRoleArn" not in found.file("read_stream.py").text
    assert read("ini", found.file("aws-config").text)["external_id"] == ROLE.external_id
    assert '"SubscribeToShard"' in spark.settings(STREAMS["fan-out"]).files[0].text
    assert CONSUMER_ARN not in spark.settings(STREAMS["fan-out"]).files[0].text  # it takes the name


def test_telegraf_signs_in_by_the_profile_and_keeps_its_positions() -> None:
    found = telegraf.settings(STREAMS["role"])
    (plugin,) = read("toml", found.file("telegraf-kinesis.conf").text)["inputs"]["kinesis_consumer"]
    profile = read("ini", found.file("aws-config").text)
    assert profile["section"] == f"profile {plugin['profile']}"
    assert profile["role_arn"] == ROLE.arn
    assert ("checkpoint_dynamodb" in plugin, plugin["shard_iterator_type"]) == (False, "LATEST")
    (plugin,) = read("toml", telegraf.settings(STREAMS["itself"]).files[0].text)["inputs"]["kinesis_consumer"]
    assert plugin["checkpoint_dynamodb"]["table_name"] == f"{NAME}-reader-telegraf"
    assert (plugin["poll_interval"], plugin["shard_iterator_type"]) == ("1s", "TRIM_HORIZON")


def test_the_text_names_the_section_of_the_access_key() -> None:
    for tool in (telegraf, aws_cli):
        found = {way: tool.settings(STREAMS[way]) for way in ("itself", "role")}
        texts = {
            way: " ".join(text_of(message) for message in (*row.secrets, *row.notes)) for way, row in found.items()
        }
        assert "under [stream-reader]" in texts["itself"]
        assert "under [default]" in texts["role"]
        assert read("ini", found["role"].file("aws-config").text)["source_profile"] == "default"


def test_kafkas_connectors_name_no_key() -> None:
    found = kafka_connect.settings(STREAMS["fips"])
    camel = read("properties", found.file("camel-kinesis-source.properties").text)
    profile = read("ini", found.file("aws-config").text)
    assert camel["camel.kamelet.aws-kinesis-source.useProfileCredentialsProvider"] == "true"
    assert f"profile {camel['camel.kamelet.aws-kinesis-source.profileCredentialsName']}" == profile["section"]
    own = read("properties", kafka_connect.settings(STREAMS["itself"]).files[0].text)
    assert own["camel.kamelet.aws-kinesis-source.useDefaultCredentialsProvider"] == "true"
    assert camel["camel.kamelet.aws-kinesis-source.uriEndpointOverride"].startswith("https://kinesis-fips.")
    confluent = read("properties", found.file("confluent-kinesis-source.properties").text)
    assert confluent["tasks.max"] == "2"


def test_vector_receives_from_firehose_because_it_has_no_source_of_streams() -> None:
    found = vector.settings(STREAMS["itself"])
    source = read("yaml", found.files[0].text)["sources"]["stream"]
    assert source["type"] == "aws_kinesis_firehose"
    assert source["access_keys"] == ["${FIREHOSE_ACCESS_KEY}"]
    assert "connector.vector.no_source" in {note.code for note in found.notes}
    assert found.policies == ()
