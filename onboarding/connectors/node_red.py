"""Node-RED: a flow that reads every shard once a second, with AWS's own SDK in a function node. Pure.

Node-RED has no node for Kinesis of its own. A function node installs npm packages that its `libs` name.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.messages.message import Message
from portal.placeholders import filled

KEY, TITLE = "node-red", "Node-RED"
_SOURCES = (
    Source("Node-RED 5.0", "https://nodered.org/docs/user-guide/writing-functions"),
    Source("@aws-sdk/client-kinesis 3", "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/kinesis/"),
)
_FUNCTION = """\
// Reads new records of every shard; a shard that appears later is read from its beginning.
if (node.isReading) { return null; }
node.isReading = true;
try {
    if (!node.client) {
        node.client = new kinesis.KinesisClient(@client@);
        node.iterators = null;
    }
    const listed = await node.client.send(new kinesis.ListShardsCommand({ StreamName: @stream@ }));
    const known = node.iterators || {};
    for (const shard of listed.Shards) {
        if (!(shard.ShardId in known)) {
            const answer = await node.client.send(new kinesis.GetShardIteratorCommand({
                StreamName: @stream@,
                ShardId: shard.ShardId,
                ShardIteratorType: node.iterators ? "TRIM_HORIZON" : "LATEST",
            }));
            known[shard.ShardId] = answer.ShardIterator;
        }
    }
    node.iterators = known;
    for (const shardId of Object.keys(known)) {
        if (!known[shardId]) { continue; }
        const answer = await node.client.send(new kinesis.GetRecordsCommand({ ShardIterator: known[shardId] }));
        known[shardId] = answer.NextShardIterator || "";
        for (const record of answer.Records) {
            const text = Buffer.from(record.Data).toString("utf8");
            let payload = text;
            try { payload = JSON.parse(text); } catch (error) { /* no JSON: the text itself */ }
            node.send({ payload, topic: record.PartitionKey, sequenceNumber: record.SequenceNumber });
        }
    }
} catch (error) {
    if (error.name === "ExpiredIteratorException") { node.iterators = null; }
    node.error(error.name + ": " + error.message, msg);
} finally {
    node.isReading = false;
}
return null;
"""


def settings(stream: ConsumedStream) -> Connector:
    """Return a flow to import."""
    return Connector(
        key=KEY,
        title=TITLE,
        files=(ConnectorFile("node-red-flow.json", "json", json.dumps(_flow(stream), indent=2) + "\n"),),
        policies=sign_in.reading(stream),
        reader=Message("connector.reader.unlisted"),
        costs=sign_in.costs(stream, fanout=False),
        sources=_SOURCES,
        secrets=(Message("connector.node_red.environment"),),
        notes=(Message("connector.node_red.position"), Message("connector.node_red.modules")),
    )


def _flow(stream: ConsumedStream) -> list[dict[str, Any]]:
    # IDs are those of this integration, so that a flow that is imported again replaces the earlier one.
    tab, every, read, shown = (_id(stream, part) for part in ("tab", "inject", "function", "debug"))
    libs = [{"var": "kinesis", "module": "@aws-sdk/client-kinesis"}]
    if stream.role:
        libs.append({"var": "providers", "module": "@aws-sdk/credential-providers"})
    return [
        {"id": tab, "type": "tab", "label": stream.stream_name, "disabled": False, "info": ""},
        {
            "id": every,
            "type": "inject",
            "z": tab,
            "name": "every second",
            "props": [],
            "repeat": "1",
            "crontab": "",
            "once": True,
            "onceDelay": 1,
            "x": 150,
            "y": 100,
            "wires": [[read]],
        },
        {
            "id": read,
            "type": "function",
            "z": tab,
            "name": f"read {stream.stream_name}",
            "func": _code(stream),
            "outputs": 1,
            "timeout": 0,
            "noerr": 0,
            "initialize": "",
            "finalize": "",
            "libs": libs,
            "x": 370,
            "y": 100,
            "wires": [[shown]],
        },
        {
            "id": shown,
            "type": "debug",
            "z": tab,
            "name": "records",
            "active": True,
            "tosidebar": True,
            "console": False,
            "tostatus": False,
            "complete": "payload",
            "targetType": "msg",
            "x": 600,
            "y": 100,
            "wires": [],
        },
    ]


def _code(stream: ConsumedStream) -> str:
    values = [f"region: {json.dumps(stream.region)}"]
    if stream.fips:
        values.append("useFipsEndpoint: true")
    if stream.role:
        params = {"RoleArn": stream.role.arn, "RoleSessionName": stream.session_name}
        if stream.role.external_id:
            params["ExternalId"] = stream.role.external_id
        config = f"params: {json.dumps(params)}, clientConfig: {{ region: {json.dumps(stream.region)} }}"
        values.append(f"credentials: providers.fromTemporaryCredentials({{ {config} }})")
    client = f"{{ {', '.join(values)} }}"
    return filled(_FUNCTION, {"client": client, "stream": json.dumps(stream.stream_name)})


def _id(stream: ConsumedStream, part: str) -> str:
    return hashlib.sha256(f"{stream.integration_uid}:{part}".encode()).hexdigest()[:16]
