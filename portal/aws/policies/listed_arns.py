"""ARNs that a client lists: for deliveries and adoption where names do not begin with the prefix, and lease tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.aws.policies.statements import Arn
from portal.messages.message import Message

# service → the form of its resource, the statement that it belongs to, and the resources of that statement
_SERVICES: dict[str, tuple[re.Pattern[str], str, tuple[str, ...]]] = {
    "kinesis": (re.compile(r"stream/[A-Za-z0-9_.-]{1,128}"), "OtherStreams", ("{}",)),
    "secretsmanager": (re.compile(r"secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}"), "OtherSecrets", ("{}",)),
    "es": (re.compile(r"domain/[a-z][a-z0-9-]{2,27}"), "OtherDomains", ("{}", "{}/*")),
    "aoss": (re.compile(r"collection/[a-z0-9]{3,40}"), "Collections", ("{}",)),
    "glue": (re.compile(r"database/[\w.-]{1,255}|catalog(?:/[a-z0-9_-]+){1,2}"), "OtherTables", ("{}", "{table}/*")),
    "s3": (re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), "OtherBuckets", ("{}", "{}/*")),
    "lambda": (re.compile(r"function:[A-Za-z0-9_-]{1,64}"), "OtherFunctions", ("{}", "{}:*")),
    "dynamodb": (re.compile(r"table/[A-Za-z0-9_.-]{3,255}"), "LeaseTables", ("{}",)),
}
_FORMS = {
    "kinesis": Message("listed_arn.stream_form"),
    "secretsmanager": Message("listed_arn.secret_form"),
    "es": Message("listed_arn.domain_form"),
    "aoss": Message("listed_arn.collection_form"),
    "glue": Message("listed_arn.database_form"),
    "s3": Message("listed_arn.bucket_form"),
    "lambda": Message("listed_arn.function_form"),
    "dynamodb": Message("listed_arn.table_form"),
}


class InvalidListedArn(ValueError):
    """An ARN that cannot be listed; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def listed_statement(arn: str, account_id: str, partition: str = "aws") -> str:
    """Return the Sid of the statement that a listed ARN belongs to. Raises InvalidListedArn.

    The ARN is in the account and its partition; that of a bucket has neither account nor Region.
    """
    try:
        parts = Arn.parse(arn)
    except ValueError:
        raise InvalidListedArn(Message("listed_arn.not_an_arn", arn=arn)) from None
    known = _SERVICES.get(parts.service)
    if known is None:
        raise InvalidListedArn(Message("listed_arn.service", arn=arn, service=parts.service))
    pattern, sid, _ = known
    if not pattern.fullmatch(parts.resource):
        raise InvalidListedArn(Message("listed_arn.not_exact", arn=arn, form=_FORMS[parts.service]))
    if parts.partition != partition:
        raise InvalidListedArn(Message("listed_arn.partition", arn=arn, found=parts.partition, partition=partition))
    if parts.service == "s3":
        _check_bucket(arn, parts)
    else:
        _check_place(arn, parts, account_id)
    return sid


def _check_bucket(arn: str, parts: Arn) -> None:
    if parts.region or parts.account_id:
        raise InvalidListedArn(Message("listed_arn.not_exact", arn=arn, form=_FORMS["s3"]))


def _check_place(arn: str, parts: Arn, account_id: str) -> None:
    if parts.account_id != account_id:
        found = parts.account_id or "(none)"
        raise InvalidListedArn(Message("listed_arn.account", arn=arn, found=found, account_id=account_id))
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]", parts.region):
        raise InvalidListedArn(Message("listed_arn.region", arn=arn))


def listable_arn(resource: str) -> str | None:
    """Return the ARN to list so that a role can access the resource, or None where it cannot be listed."""
    parts = Arn.parse(resource) if resource.startswith("arn:") else None
    if parts is None or parts.service not in _SERVICES:
        return None
    bare = {
        "es": "/".join(parts.resource.split("/")[:2]),
        "glue": re.sub(r"^(?:table|database)/([^/]+).*", r"database/\1", parts.resource),
        "s3": parts.resource.split("/")[0],
        "lambda": ":".join(parts.resource.split(":")[:2]),
    }.get(parts.service, parts.resource)
    head = f"arn:{parts.partition}:{parts.service}:{parts.region}:{parts.account_id}:"
    return f"{head}{bare}" if _SERVICES[parts.service][0].fullmatch(bare) else None


def listed_resources(others: Iterable[str]) -> dict[str, list[str] | str]:
    """Return the resources of listed ARNs by Sid: a domain includes its paths, a database its tables.

    A `${Parameter}` of the hosted template is the whole list of the statement with its name.
    """
    found: dict[str, list[str] | str] = {}
    for arn in others:
        if arn.startswith("${"):
            found[arn[2:-1]] = arn
            continue
        _, sid, forms = _SERVICES[Arn.parse(arn).service]
        table = arn.replace(":database/", ":table/")
        earlier = found.get(sid, [])
        found[sid] = [*earlier, *(form.format(arn, table=table) for form in forms)]
    return found
