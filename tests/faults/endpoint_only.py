"""A scenario of an integration whose records are accepted through one VPC endpoint alone, and what must hold of it."""

from dataclasses import replace
from typing import Any

from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import CredentialState
from onboarding.spec import validation
from onboarding.spec.endpoint import Endpoint
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import get_policy
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from tests import vpc
from tests.faults import invariants
from tests.faults.case import STREAM, Case


def tied(case: Case) -> Case:
    """The case with a VPC endpoint in its declaration, of which no worker has prepared to make anything."""
    spec = validation.from_dict(case.run.spec)
    stream = replace(spec.stream, endpoint=Endpoint("vpc", vpc.ID, vpc.NAME, only=True))
    plain = replace(spec, stream=stream).as_dict()
    Run.objects.filter(pk=case.run_id).update(spec=plain)
    Integration.objects.filter(runs=case.run_id).update(spec=plain)
    return case


def broken(case: Case) -> list[str]:
    """Return what does not hold, in words: the one key is proved, and goes one way."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    wrong = invariants.unfinished(case, integration)
    ready = list(integration.credentials.filter(state=CredentialState.READY))
    if len(ready) != 1:
        return [*wrong, f"{len(ready)} credentials are READY"]
    wrong += invariants.key_problems(case.root(), ready[0])
    wrong += [] if ready[0].proof else ["the key was not proved"]
    return [*wrong, *_ways(invariants.delivered(case, ready[0])), *_exempt(case)]


def _ways(key: AwsSession) -> list[str]:
    ways = {"the public endpoint": key, "another endpoint": vpc.through(vpc.OTHER_NAME, key)}
    wrong = [f"the key puts records by {name}" for name, session in ways.items() if _puts(session)]
    return wrong if _puts(vpc.through(vpc.NAME, key)) else [*wrong, "the key puts no record through its endpoint"]


def _puts(key: AwsSession) -> bool:
    try:
        put_record(key, STREAM, data=b"{}", partition_key="a")
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return False
        raise
    return True


def _exempt(case: Case) -> list[str]:
    # Whoever wakes late may write the exemption of its own user, which is gone.
    users = {user["UserName"] for user in case.root().client("iam").list_users()["Users"]}
    exempt = {name for statement in _statements(case) for name in _names(statement)}
    return [f"{name} is exempt" for name in exempt & users]


def _statements(case: Case) -> list[dict[str, Any]]:
    [policy] = case.root().client("iam").list_policies(PathPrefix="/sluice/", Scope="Local")["Policies"]
    found = get_policy(case.root(), policy["Arn"])
    return list(found.document["Statement"]) if found else []


def _names(statement: dict[str, Any]) -> list[str]:
    name = statement.get("Condition", {}).get("StringEquals", {}).get("aws:username")
    return [name] if name else []
