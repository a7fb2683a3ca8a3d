"""What was changed in the account lately, as CloudTrail recorded it, where the client allows Sluice to read that."""

from datetime import timedelta

from monitoring.diagnosis.finding import Evidence, Finding, fine, not_applicable
from monitoring.diagnosis.subject import Subject
from onboarding.connections import grant
from portal.aws.trail import GLOBAL_REGION
from portal.aws.trail_changes import Change, newest_changes
from portal.messages.message import Message, Param

WITHIN = timedelta(hours=24)
MOST_LISTED = 20
_SERVICES = {"kinesis", "firehose", "kms", "s3", "logs", "iam"}


def changes(subject: Subject) -> Finding:
    """List the changes of the last day that are about the stream's resources: evidence, and no cause by themselves.

    Raises AwsFault.
    """
    _ = subject.aws
    if not subject.connection.allow_trail or grant.lacks(subject.connection, "cloudtrail:LookupEvents"):
        return not_applicable(Message("diagnosis.trail_not_allowed"))
    since = subject.began - WITHIN
    regions = dict.fromkeys([subject.stream.region, GLOBAL_REGION])
    found = [change for region in regions for change in newest_changes(subject.aws.in_region(region), since=since)]
    names = _names(subject)
    ours = sorted((change for change in found if _is_about(change, names)), key=lambda change: change.at, reverse=True)
    evidence = tuple(Evidence(_described(change), change.at) for change in ours[:MOST_LISTED])
    if not ours:
        return fine(Message("diagnosis.no_changes"), Evidence(Message("diagnosis.trail_read"), subject.now()))
    return fine(Message("diagnosis.changes", change_count=len(ours)), *evidence)


def _names(subject: Subject) -> set[str]:
    rows = subject.integration.resources.exclude(name="").values_list("name", flat=True)
    return {subject.stream.stream_name, *rows}


def _is_about(change: Change, names: set[str]) -> bool:
    if change.service not in _SERVICES:
        return False
    # What names no parameters may be about anything of its service.
    return not change.parameters or any(name in change.parameters for name in names)


def _described(change: Change) -> Message:
    place: dict[str, Param] = {"service": change.service, "operation": change.operation, "who": change.who}
    if change.error_code:
        return Message("diagnosis.change_failed", error=change.error_code, **place)
    return Message("diagnosis.change", **place)
