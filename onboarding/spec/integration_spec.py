"""The integration as a declaration: frozen dataclasses ⇄ YAML, checked against a published JSON Schema.

The wizard, the command line and the engine all speak this one form. docs/integration.schema.json is the schema.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn
from jsonschema import Draft202012Validator

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import CONVERTER, read
from onboarding.spec.endpoint import STANDARD_ENDPOINT, Endpoint
from portal.aws import names
from portal.aws.kinesis import SMALLEST_RECORD_LIMIT

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
    """A Kinesis data stream. Retention in hours; `kms_key` is "none", "aws" (alias/aws/kinesis), "new" (Sluice
    makes a customer-managed key) or a key's ARN.

    `tags` are the client's own, beside Sluice's; `max_record_kib` is the largest record that the stream takes;
    `endpoint` is the one through which the producer puts its records.
    With `adopt` the stream is the client's own and exists: the one made at `creation_timestamp` (ISO 8601), no other.
    """

    name: str
    region: str
    mode: str = "PROVISIONED"
    shards: int | None = 1
    retention_hours: int = 24
    shard_level_metrics: bool = True
    kms_key: str = "aws"
    max_record_kib: int = SMALLEST_RECORD_LIMIT
    tags: dict[str, str] = field(default_factory=dict, hash=False)
    endpoint: Endpoint = STANDARD_ENDPOINT
    adopt: bool = False
    creation_timestamp: str = ""

    @property
    def endpoint_url(self) -> str:
        """Return the address to which the producer puts records."""
        return self.endpoint.url(self.region)

    @property
    def created_at(self) -> datetime | None:
        """Return when the stream to adopt was made, to the second; None where that is not said."""
        return names.whole_second(self.creation_timestamp)

    @property
    def makes_key(self) -> bool:
        """Tell whether Sluice makes a KMS key for the stream."""
        return self.kms_key == "new"

    @property
    def customer_key_arn(self) -> str | None:
        """Return the ARN of the client's own key that the declaration names, if it does."""
        return self.kms_key if self.kms_key.startswith("arn:") else None


@dataclass(frozen=True, slots=True)
class IntegrationSpec:
    """All that a run makes: one stream, its deliveries, and who receives the key (fingerprints)."""

    name: str
    connection: str
    stream: StreamSpec
    deliveries: tuple[Delivery, ...] = ()
    recipients: tuple[str, ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON; `from_dict` reads it back."""
        plain: dict[str, Any] = _converter().unstructure(self)
        return plain

    def delivery(self, name: str) -> Delivery:
        """Return the delivery of a name; raises KeyError when there is none."""
        found = next((one for one in self.deliveries if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def buckets(self) -> dict[str, bool]:
        """Return every bucket that a delivery writes to, once, and whether Sluice makes it."""
        return {one.bucket: one.new_bucket for one in self.deliveries}

    def as_yaml(self) -> str:
        """Return the spec as a YAML file that `integration apply` takes."""
        return str(yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True))


@cache
def _converter() -> Converter:
    converter = CONVERTER.copy()
    converter.register_structure_hook(Delivery, lambda data, _: read(data))
    converter.register_unstructure_hook(Endpoint, Endpoint.as_dict)
    stream_as_dict = make_dict_unstructure_fn(StreamSpec, converter)

    def stream_without_adoption(stream: StreamSpec) -> dict[str, Any]:
        plain: dict[str, Any] = stream_as_dict(stream)
        if not stream.adopt:
            del plain["adopt"], plain["creation_timestamp"]
        return plain

    converter.register_unstructure_hook(StreamSpec, stream_without_adoption)
    return converter


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec (2020-12)."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def from_yaml(text: str) -> IntegrationSpec:
    """Read a spec from YAML; raise SpecRefused with line and path of everything wrong."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = _Loader(text).get_single_data()
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


class _Loader(yaml.SafeLoader):
    """Leaves times as text, as they stand in the file."""


_Loader.yaml_implicit_resolvers = {
    first: [one for one in known if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def from_dict(data: Any) -> IntegrationSpec:
    """Read a spec from plain JSON; raise SpecRefused with the path of everything wrong."""
    spec = of_schema(data)
    if problems := check(spec):
        raise SpecRefused(problems)
    return spec


def of_schema(data: Any) -> IntegrationSpec:
    """Read a spec that has the right shape, whether AWS would take it or not; raise SpecRefused for the wrong shape."""
    problems = [
        Problem(".".join(str(part) for part in error.absolute_path), _say(error))
        for error in Draft202012Validator(schema()).iter_errors(data)
    ]
    if problems:
        raise SpecRefused(list(dict.fromkeys(problems)))  # of each missing key the schema says that all are missing
    return from_row(data)


def from_row(data: Any) -> IntegrationSpec:
    """Return the spec that a row keeps: it was checked before it was stored, so that it is only read here."""
    stream = data["stream"]
    shards = None if stream.get("mode") == "ON_DEMAND" else 1
    whole = {**data, "stream": {"shards": shards, **stream}, "deliveries": data.get("deliveries") or ()}
    return _converter().structure(whole, IntegrationSpec)


def check(spec: IntegrationSpec, *, name_prefix: str | None = None, account_id: str | None = None) -> list[Problem]:
    """Return everything wrong with a spec by AWS's own rules that a schema cannot say."""
    problems = [*_stream_problems(spec.stream, name_prefix or "")]
    problems += _delivery_problems(spec, name_prefix or "", account_id)
    if spec.stream.kms_key not in {"none", "aws", "new"} and not spec.stream.customer_key_arn:
        problems.append(Problem("stream.kms_key", "Use none, aws, new or the ARN of a KMS key."))
    if spec.stream.customer_key_arn:
        problems += _tried("stream.kms_key", names.check_kms_key_arn, spec.stream.customer_key_arn)
        if account_id and f":{account_id}:" not in spec.stream.customer_key_arn:
            problems.append(Problem("stream.kms_key", "This key belongs to another AWS account."))
        if f":{spec.stream.region}:" not in spec.stream.customer_key_arn:
            problems.append(Problem("stream.kms_key", f"This key is not in {spec.stream.region}, where the stream is."))
    return problems


def _stream_problems(stream: StreamSpec, name_prefix: str) -> list[Problem]:
    # One that is adopted has the name that it has; whether it may be touched is the connection's affair: see reach.py.
    problems = _tried("stream.name", names.check_stream_name, stream.name, "" if stream.adopt else name_prefix)
    problems += _tried("stream.region", names.check_region, stream.region)
    if stream.mode == "PROVISIONED" and stream.shards is None:
        problems.append(Problem("stream.shards", "A provisioned stream requires a number of shards."))
    if stream.mode == "ON_DEMAND" and stream.shards is not None:
        problems.append(Problem("stream.shards", "An on-demand stream has no number of shards. Remove it."))
    problems += [Problem(f"stream.endpoint.{path}", words) for path, words in stream.endpoint.problems(stream.region)]
    if stream.creation_timestamp and stream.created_at is None:
        words = "A time with its zone in ISO 8601, as AWS gives it: 2026-11-21T07:00:00+00:00."
        problems.append(Problem("stream.creation_timestamp", words))
    if stream.creation_timestamp and not stream.adopt:
        problems.append(Problem("stream.creation_timestamp", "Allowed only for an adopted stream, with adopt: true."))
    return [*problems, *(Problem("stream.tags", words) for words in names.tag_problems(stream.tags))]


def _delivery_problems(spec: IntegrationSpec, name_prefix: str, account_id: str | None) -> list[Problem]:
    place = {"region": spec.stream.region, **({"account_id": account_id} if account_id else {})}
    problems = [
        Problem(f"deliveries.{position}.{path}", words)
        for position, delivery in enumerate(spec.deliveries)
        for path, words in delivery.problems(place, name_prefix=name_prefix)
    ]
    return [*problems, *_between_deliveries(spec)]


def _between_deliveries(spec: IntegrationSpec) -> list[Problem]:
    problems: list[Problem] = []
    names_seen: set[str] = set()
    whose: dict[str, bool] = {}
    for position, delivery in enumerate(spec.deliveries):
        if delivery.name in names_seen:
            words = f"Another delivery of this stream is named {delivery.name}. Use a different name for each."
            problems.append(Problem(f"deliveries.{position}.name", words))
        if whose.setdefault(delivery.bucket, delivery.new_bucket) != delivery.new_bucket:
            words = f"Two deliveries write to {delivery.bucket}. Set the same new_bucket value for both."
            problems.append(Problem(f"deliveries.{position}.new_bucket", words))
        names_seen.add(delivery.name)
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
        if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), node)
        else:
            break
    return node.start_mark.line + 1 if node is not None else None
