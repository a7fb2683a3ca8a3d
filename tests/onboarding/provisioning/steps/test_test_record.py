"""The test record: read back where the client allows samples, and taken at AWS's word where not."""

import pytest

from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_samples_no_record_is_read(world: World, calls: list[str]) -> None:
    connection, recipient = world.connected(ChosenPermissions(sampling=False)), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(connection, recipient, delivery=False)
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    assert not {"GetShardIterator", "GetRecords"} & set(calls)
    done = run.steps.get(name="test_record").did
    assert done.code == "outcome.record_accepted"
    assert "not read back" in text_of(done)
