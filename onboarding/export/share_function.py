"""The sample Lambda function of a reader, and the event with which it can be tried; it needs no package."""

FUNCTION = '''\
"""Reads records of a Kinesis data stream: AWS Lambda calls `handler` with up to 100 of them.

A record that cannot be handled is reported by its sequence number. Lambda then calls again from that record on, and
skips it after the retries of the event source mapping.
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

import base64
import json
import zlib

LARGEST = 10 * 1024 * 1024  # bytes of a record after decompression


def handler(event, context):
    for record in event["Records"]:
        kinesis = record["kinesis"]
        try:
            handle(kinesis["partitionKey"], decoded(base64.b64decode(kinesis["data"])))
        except Exception as error:  # whatever it is, Lambda gets the number of the record
            print(f"Record {kinesis['sequenceNumber']} failed: {error!r}")
            return {"batchItemFailures": [{"itemIdentifier": kinesis["sequenceNumber"]}]}
    return {"batchItemFailures": []}


def decoded(data):
    """Return what a record holds: JSON as a value, other text as text, anything else as bytes; gzip is unpacked."""
    if data[:2] == b"\\x1f\\x8b":
        unpacker = zlib.decompressobj(31)
        data = unpacker.decompress(data, LARGEST)
        if not unpacker.eof:
            raise ValueError("the record is incomplete, or larger than allowed")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    try:
        return json.loads(text)
    except ValueError:
        return text


def handle(partition_key, value):
    """Replace this with your own code."""
    print(partition_key, value)
'''

# As Lambda sends it: the first record is JSON, the second is JSON packed with gzip.
SAMPLE_EVENT = """\
{
  "Records": [
    {
      "kinesis": {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "lobby",
        "sequenceNumber": "49590338271490256608559692538361571095921575989136588898",
        "data": "eyJzZW5zb3IiOiAibG9iYnkiLCAidGVtcGVyYXR1cmUiOiAyMS41fQ==",
        "approximateArrivalTimestamp": 1764460800.0
      },
      "eventSource": "aws:kinesis",
      "eventVersion": "1.0",
      "eventID": "shardId-000000000000:49590338271490256608559692538361571095921575989136588898",
      "eventName": "aws:kinesis:record",
      "awsRegion": "@region@",
      "eventSourceARN": "@stream_arn@"
    },
    {
      "kinesis": {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "roof",
        "sequenceNumber": "49590338271490256608559692540925702759324208523137515618",
        "data": "H4sIAAAAAAACA6tWKk7NK84vUrJSUCrKz09T0lFQKknNLUgtSiwpLUoFChsZ65nVAgC+LzS9JwAAAA==",
        "approximateArrivalTimestamp": 1764460801.0
      },
      "eventSource": "aws:kinesis",
      "eventVersion": "1.0",
      "eventID": "shardId-000000000000:49590338271490256608559692540925702759324208523137515618",
      "eventName": "aws:kinesis:record",
      "awsRegion": "@region@",
      "eventSourceARN": "@stream_arn@"
    }
  ]
}
"""
