"""What the trust policy of a consumer's role decides on three attempts, and on one of a stranger."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.aws.policies.document_evaluation import PolicyDecision
from portal.aws.policies.statements import Arn
from portal.aws.policies.trust_evaluation import other_principals, trust_decision

_NO_ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True)
class TrustCheck:
    """The decisions for every principal of the role, the worst of them: with the right external ID, with a wrong one,
    with none, and of those that no one named, with the right one."""

    right: PolicyDecision
    wrong: PolicyDecision
    missing: PolicyDecision
    stranger: PolicyDecision

    @property
    def is_as_it_must_be(self) -> bool:
        """Return whether only the named principals can assume the role, and only with the external ID."""
        others = {self.wrong, self.missing, self.stranger}
        return self.right is PolicyDecision.ALLOWED and others == {PolicyDecision.DENIED}


def check_trust_policy(trust: Mapping[str, Any], principal_arns: Sequence[str], external_id: str) -> TrustCheck:
    """Evaluate the three attempts for each principal, and one of everyone else: of an account that no policy names, and
    of each principal that the trust policy names beside those of the role."""
    wrong = f"wrong-{secrets.token_hex(8)}"
    partition = Arn.parse(principal_arns[0]).partition
    stranger = f"arn:{partition}:iam::{_NO_ACCOUNT}:role/stranger"
    others = other_principals(trust, principal_arns)
    strangers = [trust_decision(trust, arn, external_id) for arn in (stranger, *(others or ()))]
    if others is None:
        strangers.append(PolicyDecision.UNKNOWN)
    return TrustCheck(
        right=_worst([trust_decision(trust, arn, external_id) for arn in principal_arns], PolicyDecision.ALLOWED),
        wrong=_worst([trust_decision(trust, arn, wrong) for arn in principal_arns], PolicyDecision.DENIED),
        missing=_worst([trust_decision(trust, arn, None) for arn in principal_arns], PolicyDecision.DENIED),
        stranger=_worst(strangers, PolicyDecision.DENIED),
    )


def _worst(found: list[PolicyDecision], wanted: PolicyDecision) -> PolicyDecision:
    other = next((decision for decision in found if decision not in {wanted, PolicyDecision.UNKNOWN}), None)
    return other or (PolicyDecision.UNKNOWN if PolicyDecision.UNKNOWN in found else wanted)
