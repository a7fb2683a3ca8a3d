"""The script that puts records back: valid Python that puts each record once, and nothing without --yes."""

import ast
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitoring.delivery_pages.failures import put_back_script
from tests.monitoring.failed_deliveries.documents import PROCESSING, SPLUNK, document, lines

FILES = {
    "errors/processing-failed/1": lines(PROCESSING, document(b"second")),
    "errors/splunk-failed/2": lines(SPLUNK) + b"nonsense\n",
}


@dataclass
class Cloud:
    """A bucket and a stream that throttles the first record of each first put."""

    taken: list[bytes] = field(default_factory=list)
    throttles: bool = False

    def get_paginator(self, _: str) -> Any:
        listed = [{"Contents": [{"Key": key, "Size": len(text)} for key, text in FILES.items()]}]
        return SimpleNamespace(paginate=lambda **_: listed)

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803  (the names of boto3)
        return {"Body": io.BytesIO(FILES[Key])}

    def put_records(self, *, StreamName: str, Records: list[dict[str, Any]]) -> Any:  # noqa: N803  (the names of boto3)
        assert StreamName == "northwind"
        refused, self.throttles = self.throttles, False
        accepted = Records[1:] if refused else Records
        self.taken += [each["Data"] for each in accepted]
        throttled = [{"ErrorCode": "ProvisionedThroughputExceededException"}] if refused else []
        return {"Records": throttled + [{} for _ in accepted]}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    stream: Any = SimpleNamespace(stream_name="northwind", region="eu-west-1")
    text = put_back_script(stream, "hal-errors", "errors/")
    ast.parse(text)
    found: dict[str, Any] = {"__name__": "put_back"}
    exec(compile(text, "put_back.py", "exec"), found)  # noqa: S102  (the script is what is tested)
    monkeypatch.setattr(found["time"], "sleep", lambda _: None)
    done = str(tmp_path / "done.txt")
    return lambda cloud, *options: found["main"]([*options, "--done", done], cloud, cloud)


def test_without_yes_it_only_counts(run: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud()
    run(cloud)
    assert cloud.taken == []
    out = capsys.readouterr().out
    assert "       2  Lambda.FunctionError" in out
    assert "       1  not an error document" in out
    assert "Nothing was put" in out


def test_each_record_is_put_once_also_where_kinesis_throttles(run: Callable[..., None]) -> None:
    cloud = Cloud(throttles=True)
    run(cloud, "--yes")
    assert sorted(cloud.taken) == sorted([b'{"celsius": "warm"}', b"second", b'{"celsius": "warm"}'])
    again = Cloud()
    run(again, "--yes")
    assert again.taken == [], "finished files are noted"


def test_one_code_alone_can_be_put(run: Callable[..., None]) -> None:
    cloud = Cloud()
    run(cloud, "--yes", "--code", "Splunk.AckTimeout")
    assert cloud.taken == [b'{"celsius": "warm"}']


def test_names_are_python_text_whatever_they_contain() -> None:
    stream: Any = SimpleNamespace(stream_name='a"\n<b>', region="eu-west-1")
    tree = ast.parse(put_back_script(stream, "b'u", "errors/é&/"))
    values = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert (values["STREAM"], values["BUCKET"], values["PREFIX"]) == ('a"\n<b>', "b'u", "errors/é&/")
