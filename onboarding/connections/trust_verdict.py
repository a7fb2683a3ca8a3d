"""The verdict of a trust test: from its three outcomes to a message."""

from datetime import timedelta

from onboarding.models.connection import Connection
from portal.aws.sts import Outcome, TrustReport
from portal.messages.message import Message


def verdict(report: TrustReport, connection: Connection) -> Message:
    """Return what a trust test found."""
    if report.right is Outcome.REFUSED:
        return _denied(connection)
    if report.account_id not in {None, connection.account_id}:
        return Message("trust.other_account", found=report.account_id or "", expected=connection.account_id)
    if report.is_undecided:
        return Message("trust.no_answer")
    return Message("trust.works") if report.trusted else Message("trust.no_external_id_required")


def _denied(connection: Connection) -> Message:
    if connection.verified_at:
        return Message("trust.denied_since")
    if connection.external_id_created_at - connection.created_at > timedelta(minutes=1):
        return Message("trust.denied_after_renewal", date=f"{connection.external_id_created_at:%d %B %Y}")
    return Message("trust.denied")
