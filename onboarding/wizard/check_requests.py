"""Requests for what the wizard checks in AWS, existing streams and buckets. A worker does what is requested."""

from dataclasses import dataclass

from onboarding import check_queue
from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.requested_check import OPEN_NOW
from onboarding.models.resource_check import ResourceCheck
from onboarding.service_guards import Actor, may_act
from onboarding.spec.endpoint import FIPS
from onboarding.wizard import page_status, pages
from onboarding.wizard.aws_checks import chosen_connection, is_known
from portal.messages.message import Message

Kind = ResourceCheck.Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: which part of a draft, what was typed there (the answer belongs to just this), and its name."""

    kind: Kind
    part: str
    typed: dict[str, str]
    waiting: Message


@dataclass(frozen=True, slots=True)
class CheckState:
    """The last check of a part of a draft; `is_current`: it was of what is typed there now."""

    check: ResourceCheck | None
    is_current: bool

    @property
    def is_open(self) -> bool:
        """Return whether it is to be done or under way."""
        return self.check is not None and self.check.is_open

    @property
    def problem(self) -> Message | None:
        """Return why a check that is over could not be done, or None."""
        return check_queue.problem_of(self.check) if self.check is not None and not self.is_open else None


def stream_subject(integration: Integration) -> Subject:
    """Return what is checked of the stream's page."""
    values = pages.values_of(integration, "stream")
    typed = {
        "connection": _connection_uid(integration),
        **{name: str(values.get(name) or "") for name in ("name", "region", "adopt")},
        "endpoint": FIPS if values.get("endpoint") == FIPS else "",
    }
    waiting = Message("check.stream_waiting", stream=typed["name"], region=typed["region"])
    return Subject(Kind.STREAM, "", typed, waiting)


def bucket_subject(integration: Integration, key: str) -> Subject:
    """Return what is checked of a delivery."""
    values = codec.deliveries_of(integration.draft).get(key, {})
    stream = pages.values_of(integration, "stream")
    bucket = "" if values.get("kind") == "none" else str(values.get("bucket") or "")
    typed = {
        "connection": _connection_uid(integration),
        "bucket": bucket,
        "bucket_mode": str(values.get("bucket_mode") or ""),
        "region": str(stream.get("region") or ""),
        "endpoint": FIPS if stream.get("endpoint") == FIPS else "",
    }
    return Subject(Kind.BUCKET, key, typed, Message("check.bucket_waiting", bucket=bucket))


def is_connected(integration: Integration) -> bool:
    """Return whether the first page is done: before that nothing is said of what exists in the account."""
    return page_status.status_of(integration, "connect").state == "done"


def must_ask(integration: Integration, subject: Subject) -> bool:
    """Return whether only AWS knows the answer: the account is connected, and nothing known answers."""
    if not subject.typed["region"] or chosen_connection(integration) is None or not is_connected(integration):
        return False
    if subject.kind is Kind.STREAM:
        return not is_known(integration, "data stream", subject.typed["name"])
    return bool(subject.typed["bucket"]) and not _is_answered(integration, subject)


def request(*, integration: Integration, subject: Subject, actor: Actor) -> ResourceCheck:
    """Request a check; one that is open for the same input is not requested again."""
    may_act(integration.tenant)
    return check_queue.request(
        ResourceCheck,
        of={"integration": integration, "kind": subject.kind, "part": subject.part},
        inputs={"input": subject.typed},
        actor=str(actor),
        progress=subject.waiting,
        report=None,
        leads_on=False,
    )


def state_of(integration: Integration, subject: Subject) -> CheckState:
    """Return the last check of this part of the draft."""
    rows = ResourceCheck.objects.filter(integration=integration, kind=subject.kind, part=subject.part)
    check = rows.annotate(open_now=OPEN_NOW).first()
    return CheckState(check, is_current=check is not None and check.input == subject.typed)


def _is_answered(integration: Integration, subject: Subject) -> bool:
    # Several deliveries may share a bucket; one check of it is enough.
    rows = ResourceCheck.objects.filter(integration=integration, kind=subject.kind, input=subject.typed)
    good = rows.filter(finished_at__isnull=False, leads_on=True).exclude(part=subject.part)
    items = codec.deliveries_of(integration.draft)
    return any(part in items and not items[part].get(pages.REFUSED) for part in good.values_list("part", flat=True))


def _connection_uid(integration: Integration) -> str:
    return str(pages.values_of(integration, "connect").get("connection") or "")
