"""The integration as a declaration: frozen dataclasses ⇄ YAML, checked against a published JSON Schema.

The wizard, the command line and the engine all speak this one form. docs/integration.schema.json is the schema.
"""

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from portal.aws import names

SCHEMA_FILE = Path(__file__).resolve().parent / "integration.schema.json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a spec: where (dotted path, and line in the file when known) and what."""

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.line else self.path
        return f"{where}: {self.message}" if where else self.message


class SpecRefused(ValueError):
    """A spec that cannot be used, with every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A Kinesis data stream. Retention in hours; `kms_key` is "none", "aws" (alias/aws/kinesis) or a key's ARN."""

    name: str
    region: str
    mode: str = "PROVISIONED"
    shards: int | None = 1
    retention_hours: int = 24
    shard_level_metrics: bool = True
    kms_key: str = "aws"

    @property
    def key_id(self) -> str | None:
        """Return what StartStreamEncryption takes as KeyId, or None for no encryption."""
        return {"none": None, "aws": "alias/aws/kinesis"}.get(self.kms_key, self.kms_key)

    @property
    def customer_key_arn(self) -> str | None:
        """Return the ARN of the client's own key, if there is one."""
        return self.kms_key if self.kms_key.startswith("arn:") else None


@dataclass(frozen=True, slots=True)
class S3Delivery:
    """A Firehose stream from the data stream into a bucket. Buffering in MB and seconds, whichever comes first."""

    name: str
    bucket: str
    new_bucket: bool = True
    prefix: str = "sensors/!{timestamp:yyyy/MM/dd/HH}/"
    error_prefix: str = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"
    buffering_mb: int = 5
    buffering_seconds: int = 300
    compression: str = "GZIP"


@dataclass(frozen=True, slots=True)
class IntegrationSpec:
    """All that a run makes: one stream, at most one delivery yet, and who receives the key (fingerprints)."""

    name: str
    connection: str
    stream: StreamSpec
    delivery: S3Delivery | None = None
    recipients: tuple[str, ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON; `from_dict` reads it back."""
        plain = asdict(self)
        plain["recipients"] = list(self.recipients)
        return plain

    def as_yaml(self) -> str:
        """Return the spec as a YAML file that `integration apply` takes."""
        return str(yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True))


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec (2020-12)."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def from_yaml(text: str) -> IntegrationSpec:
    """Read a spec from YAML; raise SpecRefused with line and path of everything wrong."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it cannot be read"
        raise SpecRefused([Problem("", f"this is not YAML: {reason}.", mark.line + 1 if mark else None)]) from error
    try:
        return from_dict(data)
    except SpecRefused as refused:
        raise SpecRefused(
            [Problem(problem.path, problem.message, _line(node, problem.path)) for problem in refused.problems]
        ) from refused


def from_dict(data: Any) -> IntegrationSpec:
    """Read a spec from plain JSON; raise SpecRefused with the path of everything wrong."""
    problems = [
        Problem(".".join(str(part) for part in error.absolute_path), _say(error))
        for error in Draft202012Validator(schema()).iter_errors(data)
    ]
    if problems:
        raise SpecRefused(problems)
    stream = StreamSpec(**{"shards": None if data["stream"].get("mode") == "ON_DEMAND" else 1, **data["stream"]})
    delivery = S3Delivery(**data["delivery"]) if data.get("delivery") else None
    spec = IntegrationSpec(data["name"], data["connection"], stream, delivery, tuple(data["recipients"]))
    if problems := check(spec):
        raise SpecRefused(problems)
    return spec


def check(spec: IntegrationSpec, *, name_prefix: str | None = None, account_id: str | None = None) -> list[Problem]:
    """Return everything wrong with a spec by AWS's own rules that a schema cannot say."""
    problems = [*_stream_problems(spec.stream, name_prefix or "")]
    if spec.delivery:
        problems += _delivery_problems(spec.delivery, name_prefix or "")
    if spec.stream.kms_key not in {"none", "aws"} and not spec.stream.customer_key_arn:
        problems.append(Problem("stream.kms_key", "This is neither none, nor aws, nor the ARN of a KMS key."))
    if spec.stream.customer_key_arn:
        problems += _tried("stream.kms_key", names.check_kms_key_arn, spec.stream.customer_key_arn)
        if account_id and f":{account_id}:" not in spec.stream.customer_key_arn:
            problems.append(Problem("stream.kms_key", "This key belongs to another AWS account."))
        if f":{spec.stream.region}:" not in spec.stream.customer_key_arn:
            problems.append(Problem("stream.kms_key", f"This key is not in {spec.stream.region}, where the stream is."))
    return problems


def _stream_problems(stream: StreamSpec, name_prefix: str) -> list[Problem]:
    problems = _tried("stream.name", names.check_stream_name, stream.name, name_prefix)
    problems += _tried("stream.region", names.check_region, stream.region)
    if stream.mode == "PROVISIONED" and stream.shards is None:
        problems.append(Problem("stream.shards", "A provisioned stream needs a number of shards."))
    if stream.mode == "ON_DEMAND" and stream.shards is not None:
        problems.append(Problem("stream.shards", "An on-demand stream has no number of shards; leave it out."))
    return problems


def _delivery_problems(delivery: S3Delivery, name_prefix: str) -> list[Problem]:
    problems = _tried("delivery.name", names.check_firehose_name, delivery.name)
    problems += _tried("delivery.bucket", names.check_bucket_name, delivery.bucket)
    for path, value in (("delivery.name", delivery.name), ("delivery.bucket", delivery.bucket)):
        if not value.startswith(name_prefix):
            problems.append(Problem(path, f"The role may only make names that begin with “{name_prefix}”."))
    if "!{" in delivery.prefix and "!{firehose:error-output-type}" not in delivery.error_prefix:
        problems.append(
            Problem(
                "delivery.error_prefix",
                "As the prefix has expressions, this must contain !{firehose:error-output-type}.",
            )
        )
    return problems


def _tried(path: str, rule: Any, *args: Any) -> list[Problem]:
    try:
        rule(*args)
    except names.InvalidName as invalid:
        return [Problem(path, str(invalid))]
    return []


def _say(error: Any) -> str:
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        return f"unknown: {', '.join(unknown)}. Known here: {', '.join(error.schema['properties'])}."
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return f"missing: {', '.join(missing)}."
    return f"{error.message}."


def _line(node: Any, path: str) -> int | None:
    for part in [part for part in path.split(".") if part]:
        if not isinstance(node, yaml.MappingNode):
            break
        node = next((value for key, value in node.value if key.value == part), node)
    return node.start_mark.line + 1 if node is not None else None
