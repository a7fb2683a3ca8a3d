"""The error files of a delivery that may be read, and why others may not: no denied call is made."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.connections.grant import allows
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from portal.aws.policies.error_files import FOLDER, READ_FILE
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class ErrorFiles:
    """Where a delivery's error files are; `problem` says why they are not read."""

    bucket: str
    prefix: str
    arn: str
    problem: Message | None = None


def error_files_of(connection: Connection, delivery: Delivery) -> ErrorFiles:
    """Return where the error files of a delivery are."""
    prefix = static_prefix(delivery.error_prefix)
    arn = f"arn:{connection.partition}:s3:::{delivery.bucket}/{prefix}"
    return ErrorFiles(delivery.bucket, prefix, arn, _problem(connection, prefix, arn))


def static_prefix(error_prefix: str) -> str:
    """Return the part of an error prefix that is the same for all files, up to its last slash."""
    head = error_prefix.partition("!{")[0]
    return head[: head.rfind("/") + 1]


def _problem(connection: Connection, prefix: str, arn: str) -> Message | None:
    if not connection.allow_failures:
        return Message("failures.not_allowed")
    if not connection.allow_sampling:
        return Message("failures.samples_disabled")
    if not prefix.startswith(FOLDER):
        return Message("failures.other_prefix", folder=FOLDER)
    if not allows(connection, READ_FILE, f"{arn}file"):
        return Message("failures.role_outdated", action=READ_FILE)
    return None
