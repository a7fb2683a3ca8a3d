"""The function decodes what it is sent, and its stack is one that CloudFormation accepts."""

import base64
import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from onboarding.connectors import aws_lambda
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import CONSUMER_ARN, STREAM_ARN, STREAMS

CFN_LINT = [sys.executable, "-c", "import sys; from cfnlint import runner; sys.exit(runner.main())"]
VALUE = {"sensor": "desk-4", "occupied": True}
JSON = json.dumps(VALUE).encode()


def module() -> dict[str, Any]:
    found: dict[str, Any] = {}
    text = aws_lambda.settings(STREAMS["itself"]).file("lambda_function.py").text
    exec(compile(text, "lambda_function.py", "exec"), found)  # noqa: S102  (the function is what is tested)
    return found


def event(*data: bytes) -> dict[str, Any]:
    return {
        "Records": [
            {"kinesis": {"data": base64.b64encode(part).decode(), "partitionKey": "p", "sequenceNumber": str(number)}}
            for number, part in enumerate(data)
        ]
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (JSON, VALUE),
        (gzip.compress(JSON), VALUE),
        (zlib.compress(JSON), VALUE),
        (b"plain text", "plain text"),
        (b"\x00\xff\xfe", b"\x00\xff\xfe"),
        (b"xylophone", "xylophone"),  # begins as zlib data does
    ],
    ids=["json", "gzip", "zlib", "text", "bytes", "like zlib"],
)
def test_the_function_decodes(data: bytes, expected: object) -> None:
    assert module()["decoded"](data) == expected


def test_the_function_reports_the_record_that_failed() -> None:
    code, seen = module(), list[object]()

    def handle(value: object, record: dict[str, str]) -> None:
        seen.append(value)
        if value == "second":
            raise RuntimeError

    code["handle"] = handle
    assert code["handler"](event(b"first", b"second", b"third"), None) == {
        "batchItemFailures": [{"itemIdentifier": "1"}]
    }
    assert seen == ["first", "second"]
    assert code["handler"](event(b"first"), None) == {"batchItemFailures": []}


@pytest.mark.parametrize(("way", "source"), [("itself", STREAM_ARN), ("fan-out", CONSUMER_ARN)])
def test_the_mapping_reads_the_stream_or_its_consumer(way: str, source: str) -> None:
    found = aws_lambda.settings(STREAMS[way])
    mapping = read("yaml", found.file("lambda.yaml").text)["Resources"]["Mapping"]["Properties"]
    assert mapping["EventSourceArn"] == source
    assert f"--event-source-arn {source} " in found.file("event-source-mapping.sh").text


def test_cloudformation_has_nothing_to_say_of_the_stack(tmp_path: Path) -> None:
    file = tmp_path / "lambda.yaml"
    file.write_text(aws_lambda.settings(STREAMS["fan-out"]).file("lambda.yaml").text)
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
