"""The last error that Firehose logged of each delivery, without anything of a record.

https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
"""

import json
from collections.abc import Iterator
from datetime import timedelta

from monitoring.diagnosis.finding import Evidence
from monitoring.diagnosis.subject import Subject
from onboarding.connections import grant
from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.context import Context
from portal.aws import logs
from portal.aws.errors import without_credentials
from portal.aws.logs import LogEvent
from portal.messages.message import Message

WITHIN = timedelta(hours=24)
# Messages of these are about access and objects. Those of the others can repeat what a server answered to a record.
_WITHOUT_VALUES = {"ExtendedS3Destination", "RedshiftDestination"}


def delivery_errors(subject: Subject) -> tuple[Evidence, ...]:
    """Return the newest error of each delivery within a day; none where the role may not read it. Raises AwsFault."""
    if grant.lacks(subject.connection, "logs:GetLogEvents"):
        return ()
    context = subject.context
    return tuple(
        evidence for delivery in context.plan.spec.deliveries for evidence in _errors(subject, context, delivery)
    )


def _errors(subject: Subject, context: Context, delivery: Delivery) -> Iterator[Evidence]:
    streams = delivery.log_streams(context.plan.place_of(delivery))
    found = [logs.newest_event(subject.aws, delivery.log_group, stream) for stream in streams]
    recent = [event for event in found if event is not None and event.at > subject.began - WITHIN]
    if recent:
        yield from _shown(delivery, max(recent, key=lambda event: event.at))


def _shown(delivery: Delivery, event: LogEvent) -> Iterator[Evidence]:
    try:
        logged = json.loads(event.text)
    except ValueError:
        return
    if not isinstance(logged, dict):
        return
    code = str(logged.get("errorCode") or "")
    yield Evidence(Message("diagnosis.delivery_error", delivery=delivery.name, code=code), event.at)
    if delivery.destination.MEMBER in _WITHOUT_VALUES:
        yield Evidence(f"{code}: {without_credentials(str(logged.get('message') or ''))}", event.at)
