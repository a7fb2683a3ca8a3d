"""Takes the right to write from the role of a delivery, and gives it back, as someone in the client's account would."""

from portal.aws.iam.roles import delete_role_policy, put_role_policy
from portal.aws.policies.statements import deny, document
from portal.aws.session import AwsSession

POLICY = "demo-broken-delivery"


class LostRight:
    """The right of one role to write objects; it acts as the root user of the client's account."""

    def __init__(self, aws: AwsSession, role: str) -> None:
        self._aws = aws
        self._role = role
        self._is_lost: bool | None = None  # a demo that was stopped may have left it lost

    def set(self, *, is_lost: bool) -> None:
        """Take the right or give it back; a call only if it is not so already. Raises AwsFault."""
        if not self._role or self._is_lost is is_lost:
            return
        if is_lost:
            put_role_policy(self._aws, self._role, POLICY, document(deny("DemoBroken", ["s3:PutObject"], "*")))
        else:
            delete_role_policy(self._aws, self._role, POLICY)
        self._is_lost = is_lost
