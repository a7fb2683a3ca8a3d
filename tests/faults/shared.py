"""A stream that is shared beside a statement of someone else, with a new KMS key, and shared no more."""

from dataclasses import replace

from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.provisioning.plan import KEY_KIND
from onboarding.sharing.share import Share
from onboarding.spec import integration_spec as specs
from portal.aws import kms
from portal.aws.policies.shares import share_statement
from portal.aws.policies.statements import Document, document, statements_of
from portal.aws.resource_policies import put_resource_policy, resource_policy
from tests.faults import invariants
from tests.faults.case import REGION, STREAM, Case
from tests.onboarding.provisioning.driving import carried_out

SHARES = (Share("reporting", "444455556666"), Share("other-tools", "777788889999"))


def sharing(case: Case) -> Case:
    """Start an update that shares the stream and encrypts it with a new key; someone else shares it already."""
    put_resource_policy(case.root(), _arn(case), _theirs(case))
    spec = specs.from_row(case.run.spec)
    return _started(case, replace(spec, stream=replace(spec.stream, kms_key="new"), shares=SHARES))


def unsharing(case: Case) -> Case:
    """Start an update that ends one of the shares and keeps the other."""
    shared = sharing(case)
    assert carried_out(shared.run).state == RunState.DONE
    return _started(shared, replace(specs.from_row(shared.run.spec), shares=SHARES[:1]))


def not_shared(case: Case) -> list[str]:
    """What is wrong with the two shares of an integration, in words."""
    return _wrong(case, SHARES)


def not_unshared(case: Case) -> list[str]:
    """What is wrong where one share is left."""
    return _wrong(case, SHARES[:1])


def _started(case: Case, spec: specs.IntegrationSpec) -> Case:
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=spec).pk)


def _wrong(case: Case, shares: tuple[Share, ...]) -> list[str]:
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    wrong = invariants.unfinished(case, integration)
    policy = resource_policy(root, _arn(case)) or document()
    if policy["Statement"][:1] != _theirs(case)["Statement"]:
        wrong.append(f"their statement is {policy['Statement'][:1]}")
    expected = sorted(share.sid(integration.uid) for share in shares)
    if (sids := sorted(statement["Sid"] for statement in policy["Statement"][1:])) != expected:
        wrong.append(f"our statements are {sids}")
    [arn] = integration.resources.filter(kind=KEY_KIND).values_list("arn", flat=True)
    of_key = [row["Sid"] for row in statements_of(kms.key_policy(root, arn)) if row["Sid"].startswith("SluiceShare")]
    if sorted(of_key) != expected:
        wrong.append(f"the statements of the key are {of_key}")
    listed = integration.resources.filter(kind="stream share").exclude(state="removed")
    if sorted(listed.values_list("name", flat=True)) != sorted(share.label for share in shares):
        wrong.append(f"the ledger lists {list(listed.values_list('name', 'state'))}")
    return wrong


def _theirs(case: Case) -> Document:
    return document(share_statement("theirs", "999900001111", _arn(case)))


def _arn(case: Case) -> str:
    return f"arn:aws:kinesis:{REGION}:{case.account_id}:stream/{STREAM}"
