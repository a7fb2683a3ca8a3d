"""Error documents as AWS shows them in its documentation, one for each kind."""

import base64
import json
from datetime import UTC, datetime

AT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
MILLIS = int(AT.timestamp() * 1000)


def document(data: bytes = b'{"celsius": "warm"}', **fields: object) -> dict[str, object]:
    return {
        "attemptsMade": 1,
        "arrivalTimestamp": MILLIS,
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "The Lambda function was successfully invoked but it returned an error result.",
        "attemptEndingTimestamp": MILLIS + 1000,
        "rawData": base64.b64encode(data).decode(),
    } | fields


def lines(*documents: dict[str, object]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)


PROCESSING = document(lambdaArn="arn:aws:lambda:eu-west-1:111122223333:function:reshape:$LATEST")
CONVERSION = {
    "attemptsMade": 1,
    "arrivalTimestamp": MILLIS,
    "lastErrorCode": "DataFormatConversion.MalformedData",
    "lastErrorMessage": "Data does not match the schema.",
    "attemptEndingTimestamp": MILLIS,
    "rawData": base64.b64encode(b"21").decode(),
    "sequenceNumber": "4966",
    "subSequenceNumber": None,
    "dataCatalogTable": {"catalogId": "111122223333", "databaseName": "lake", "tableName": "sensors"},
}
NEW_CONVERSION = {
    **{name.replace("last", ""): value for name, value in CONVERSION.items()},
}
SPLUNK = document(errorCode="Splunk.AckTimeout", arrivalTimestamp=str(MILLIS), EventId="4959.0")
SEARCH = document(errorCode="400", esIndexName="sensors-2026-11-30", esTypeName="_doc", esDocumentId="1")
