"""Somebody gives the producer's IAM user more than it had: a repair takes it away again, and nothing else."""

import json
from dataclasses import replace

from onboarding.integrations import drift
from onboarding.integrations import repair as repairs
from onboarding.models.integration import Integration
from portal.aws.iam.users import get_user, inline_policies
from portal.messages.catalogue import text_of
from tests.faults import invariants
from tests.faults.case import Case

READING = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}


def repair(case: Case) -> Case:
    """Give the user another key, two policies and no boundary, look, and start the repair that was agreed to."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    user, root = integration.credentials.get().user_name, case.root()
    client = root.client("iam")
    client.create_access_key(UserName=user)
    client.delete_user_permissions_boundary(UserName=user)
    client.attach_user_policy(UserName=user, PolicyArn=READING)
    client.put_user_policy(UserName=user, PolicyName="more", PolicyDocument=json.dumps(OPEN))
    drift.check(integration)
    run = repairs.repair(integration=integration, actor="test", remediations=drift.remediations_of(integration))
    return replace(case, run_id=run.pk)


def not_repaired(case: Case) -> list[str]:
    """What is wrong after that repair, in words."""
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    [credential] = integration.credentials.all()
    found = get_user(root, credential.user_name)
    wrong = invariants.broken(case)
    if found is None or found.boundary_arn != integration.connection.producer_boundary_arn:
        wrong.append(f"the user is {found}")
    if inline := inline_policies(root, credential.user_name):
        wrong.append(f"the user has inline policies: {inline}")
    did = case.run.steps.get(name="access_key").did
    return wrong if "access key" in text_of(did) else [*wrong, f"what was done is not reported: {did!r}"]
