"""Runs the checks of a diagnosis, one after the other. What one check meets ends that check, not the diagnosis."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from django.db import DatabaseError

from monitoring.diagnosis.finding import TURN_OF, Evidence, Finding, Fix, NotChecked, Result, Turn
from monitoring.diagnosis.order import CHECKS, Check
from monitoring.diagnosis.report import Report
from monitoring.diagnosis.subject import Subject
from monitoring.watched_streams import watched_stream
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from portal.aws.call_deadline import DeadlinePassed, calls_begin_within
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.errors import validation_error
from portal.messages.message import Message

log = logging.getLogger(__name__)

# No call to AWS begins later; one that has begun ends within botocore_sessions.CALL_SECONDS.
TOTAL_SECONDS, CHECK_SECONDS = 45.0, 15.0
Progress = Callable[[Message], None]


def diagnose(integration: Integration, *, requested_by: str, progress: Progress) -> Report:
    """Run every check of a stream and return what they found. Raises ValidationError where there is no stream to read.

    No call to AWS begins later than 45 seconds after the first, nor 15 seconds after its check began; what is not
    checked by then is unknown.
    """
    row, stream = live_integrations().filter(pk=integration.pk).first(), watched_stream(integration.uid)
    if row is None or row.connection is None or stream is None:
        raise validation_error(Message("stream.missing"))
    subject, until = Subject(row, row.connection, stream), time.monotonic() + TOTAL_SECONDS
    findings = []
    for number, check in enumerate(CHECKS, start=1):
        progress(Message("diagnosis.running", number=number, total=len(CHECKS), title=check.title))
        findings.append(replace(_finding(check, subject, until), check=check.name))
    return Report(subject.began, subject.now(), requested_by, tuple(findings))


def _finding(check: Check, subject: Subject, until: float) -> Finding:
    seconds = min(CHECK_SECONDS, until - time.monotonic())
    try:
        with calls_begin_within(seconds):
            return check.run(subject)
    except NotChecked as nothing:
        return nothing.finding
    except AwsFault as fault:
        return _of_fault(fault, subject)
    except Refused as refused:
        details = (Evidence(refused.detail, subject.now()),) if refused.detail else ()
        return Finding(Result.UNKNOWN, refused.message, Turn.CLIENT, evidence=details)
    except DeadlinePassed:
        return Finding(Result.UNKNOWN, Message("diagnosis.no_time"), Turn.AWS)
    except DatabaseError:
        raise  # nothing could be kept either
    except Exception:  # whatever it is, the other checks are still of use
        log.exception("diagnosis.check_failed check=%s integration=%s", check.name, subject.integration.uid)
        return Finding(Result.UNKNOWN, Message("diagnosis.check_failed"), Turn.OPERATOR)


def _of_fault(fault: AwsFault, subject: Subject) -> Finding:
    aws_text = Evidence(f"{fault.operation}: {fault.code}: {fault.aws_text}", subject.now())
    fix = Fix.PERMISSIONS if fault.kind is FaultKind.DENIED else None
    return Finding(Result.UNKNOWN, fault.message, TURN_OF[fault.cause], fix, evidence=(aws_text,))
