"""Real encodings in base64, each with the answer that is wanted: cases.json beside this file."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from monitoring.records.record_contents import contents_of
from monitoring.records.record_views import details_from_json
from portal.messages.catalogue import text_of

CASES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("answer", CASES.values(), ids=CASES)
def test_each_case_is_answered(answer: dict[str, Any]) -> None:
    contents = contents_of(base64.b64decode(answer["base64"]), "k")
    first = contents.listed[0]
    details = details_from_json(first.clear.details)
    assert (first.decoder_path, len(contents.listed), contents.omitted) == (answer["path"], answer["rows"], 0)
    assert first.clear.text.startswith(answer["begins"])
    assert [message.code for message in details] == answer["details"]
    assert all(map(text_of, details))
    assert first.masked.text.startswith(answer["masked"])
    assert first.masked.is_withheld is (not answer["masked"])
