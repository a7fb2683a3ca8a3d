"""What a step acts with. No Django here: a step is a function of a plan and an AWS account."""

from dataclasses import dataclass

from onboarding.provisioning.ledger_protocol import Ledger
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.vault_protocol import Vault
from onboarding.spec.remediation import Remediation
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run may remove: not the (kind, name) that are `wanted`, and nothing if the role may not delete.

    `may_read` says whether the client allows samples of records; otherwise no step reads a record.
    `may_set_log_retention` is false where the role is known to be older than that permission. With `may_share` the
    client allows Sluice to see and set the stream's resource policy, with `may_fan_out` to register consumers.

    `delete_data` was confirmed for a removal, `accept_loss` for a change that loses records. `remediations` is
    what someone confirmed in a repair, `accepted` the differences that someone accepted; a run stops at anything else
    that was added to the IAM user.
    """

    delete_data: bool = False
    accept_loss: bool = False
    may_delete: bool = True
    may_read: bool = True
    may_set_log_retention: bool = True
    may_share: bool = True
    may_fan_out: bool = True
    wanted: frozenset[tuple[str, str]] = frozenset()
    remediations: frozenset[Remediation] = frozenset()
    accepted: frozenset[Remediation] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What a step acts with: the plan, a session in the stream's Region, the ledger and the vault."""

    plan: Plan
    aws: AwsSession
    ledger: Ledger
    vault: Vault
    terms: Terms = Terms()
