"""Denials of actions that AWS may not allow on a single data stream."""

from collections.abc import Iterator
from contextlib import contextmanager

from onboarding.provisioning.answers import Refused
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.denials import is_explicit
from portal.messages.message import Message


@contextmanager
def offering_permission(stream: str) -> Iterator[None]:
    """Call AWS for a change that it may allow on all streams only; a denial offers the permission for that.

    Raises Refused for a denial that no policy of an account or an organisation states, and AwsFault otherwise.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
    """
    try:
        yield
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED or is_explicit(fault.aws_text):
            raise
        offered = Message("refused.denied_for_one_stream", action=fault.operation, stream=stream)
        raise Refused(offered, fault.aws_text) from fault
