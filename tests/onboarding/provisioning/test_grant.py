"""Rights come after the seal: whoever has no sealed key gets none."""

import pytest

from onboarding.integrations.context_factory import open_run
from onboarding.models.credential import Credential
from onboarding.models.run import Run
from onboarding.provisioning import claims
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import IAM_PATH
from onboarding.provisioning.steps import grant
from portal.aws.iam.users import attached_policies, create_user
from tests.onboarding.provisioning.driving import started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context(world: World) -> Context:
    """A claimed run that has made nothing yet."""
    run = started(world, delivery=False)
    claim = claims.acquire(run.pk)
    assert claim is not None
    return open_run(Run.objects.get(pk=run.pk), claim)


def test_without_a_key_nothing_is_granted(context: Context, calls: list[str]) -> None:
    with pytest.raises(Refused, match=r"refused\.no_encrypted_key"):
        grant.apply(context)
    assert calls == []


def test_a_user_whose_key_is_only_intended_gets_no_right(world: World, context: Context, calls: list[str]) -> None:
    name = context.plan.user_name(context.ledger.attempt)
    context.ledger.begin_credential(name)
    create_user(context.aws, name, path=IAM_PATH, tags=context.plan.tags, boundary_arn=context.plan.user_boundary_arn)
    assert Credential.objects.get().state == "intent"
    calls.clear()
    with pytest.raises(Refused, match=r"refused\.no_encrypted_key"):
        grant.apply(context)
    assert calls == [], "AWS was asked nothing, so nothing was attached"
    assert attached_policies(world.root(), name) == []
