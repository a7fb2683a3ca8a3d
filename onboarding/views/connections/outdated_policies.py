"""The policies that the client still has to update to match the chosen permissions."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from onboarding.connections import grant
from onboarding.models.connection import Connection
from portal.aws.deployed_grant import Difference
from portal.aws.policies.descriptions import describe_policy


@dataclass(frozen=True, slots=True)
class OutdatedPolicy:
    """A policy that the client has to update: the difference of each statement as a sentence, and as JSON."""

    name: str
    purpose: str
    statements: list[tuple[str, str]]
    difference: str


def outdated_policies(connection: Connection) -> list[OutdatedPolicy]:
    """Return the policies of the deployed role that differ from the grant."""
    return [_outdated(difference) for difference in grant.to_bring_up_to_date(connection) or ()]


def _outdated(difference: Difference) -> OutdatedPolicy:
    kinds = (
        (_("to add"), "+", difference.to_add),
        (_("to change"), "~", difference.to_change),
        (_("to remove"), "−", difference.to_remove),
    )
    sentences = [(kind, _sentence(statement)) for kind, __, statements in kinds for statement in statements]
    text = "\n".join(
        f"{mark} {line}"
        for __, mark, statements in kinds
        for statement in statements
        for line in json.dumps(statement, indent=2).splitlines()
    )
    return OutdatedPolicy(difference.name, difference.purpose, sentences, text)


def _sentence(statement: dict[str, Any]) -> str:
    [sentence] = describe_policy({"Statement": [statement]})
    return sentence.removesuffix(" Nothing else.")
