"""Shares of a stream that its owner shared before Sluice came: the owner's statements stay through all of it."""

import json
from dataclasses import replace

import pytest

from onboarding.integrations import removal
from onboarding.models.states import RunState
from onboarding.sharing.share import Share
from portal.aws.policies.shares import share_statement
from portal.aws.resource_policies import put_resource_policy, resource_policy
from tests.onboarding.integrations.adoption.conftest import Theirs
from tests.onboarding.provisioning.driving import carried_out, failed_steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.audit]


def test_a_foreign_policy_of_an_adopted_stream_is_the_same_after_the_removal(theirs: Theirs) -> None:
    root, foreign = theirs.world.root(), share_statement("theirs", "777788889999", theirs.arn)
    foreign["Principal"] = {"AWS": ["777788889999"]}
    put_resource_policy(root, theirs.arn, {"Version": "2012-10-17", "Id": "theirs", "Statement": [foreign]})
    before = resource_policy(root, theirs.arn)
    assert before is not None

    spec = replace(theirs.spec(theirs.looked()), shares=(Share("partner", "444455556666"),))
    integration = theirs.adopted(spec=spec)
    shared = resource_policy(root, theirs.arn)
    assert shared is not None
    assert shared["Statement"][0] == before["Statement"][0]
    assert [len(shared["Statement"]), "444455556666" in json.dumps(shared["Statement"][1])] == [2, True]

    run = carried_out(removal.start_removal(integration=integration, actor="test"))
    assert run.state == RunState.DONE, failed_steps(run)
    assert resource_policy(root, theirs.arn) == before
    assert theirs.stream().status == "ACTIVE"
