"""A share as a spec declares it: who of another AWS account reads the data stream."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from onboarding.sharing.principals import Principal, principal_of, principal_problem
from portal.messages.message import Message

MOST_SHARES = 20
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Share:
    """A principal of another account that reads the data stream; `label` is short, and unique in a spec.

    `principal` is the ARN of an IAM role or user, or the twelve digits of an account. `fan_out` is the name of the
    registered consumer that it reads as, or "" to share the throughput of the stream.
    """

    label: str
    principal: str
    fan_out: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON, without a consumer that was not chosen."""
        plain = {"label": self.label, "principal": self.principal}
        return {**plain, "fan_out": self.fan_out} if self.fan_out else plain

    def sid(self, integration_uid: str) -> str:
        """Return the ID of the share's statements, by which Sluice knows them as its own.

        A Sid has letters and digits only, and a label no capital letter: so X is a hyphen, and no two labels are one.
        """
        return f"SluiceShare{integration_uid}{self.label.replace('-', 'X')}"

    @property
    def reader(self) -> Principal:
        """Return the principal, taken apart. Raises ValueError for one that no rule accepted."""
        found = principal_of(self.principal)
        if found is None:
            raise ValueError(self.principal)
        return found


def share_problems(
    shares: Sequence[Share],
    *,
    kms_key: str,
    account_id: str | None,
    partition: str = "",
    registered: Collection[str] = (),
) -> Iterator[tuple[str, Message]]:
    """Yield (path within the list, message) for what AWS would refuse, or what could never be read.

    `kms_key` is that of the stream, as the spec declares it; `registered` are the names of the registered consumers.
    """
    if shares and kms_key == "aws":
        # https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html: the policy of the AWS
        # managed key cannot be changed, so no other account can decrypt with it.
        yield "", Message("share.aws_managed_key")
    for position, share in enumerate(shares):
        if not _LABEL.fullmatch(share.label):
            yield f"{position}.label", Message("share.label")
        if problem := principal_problem(share.principal, account_id=account_id, partition=partition):
            yield f"{position}.principal", problem
        if share.fan_out and share.fan_out not in registered:
            yield f"{position}.fan_out", Message("consumer.fan_out_unknown", name=share.fan_out)
        earlier = shares[:position]
        if share.label in {other.label for other in earlier}:
            yield f"{position}.label", Message("share.label_twice", label=share.label)
        if share.principal in {other.principal for other in earlier}:
            yield f"{position}.principal", Message("share.principal_twice", principal=share.principal)
