"""`share`: the shares of an integration by command line: how each stands, a check in AWS, and links for readers."""

import pytest
from django.core.management import CommandError, call_command

from onboarding.models.integration import Integration
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.share_statements import key_statement
from onboarding.sharing.share import Share
from portal.aws import kms
from portal.aws.policies.shares import with_statement
from portal.tenancy.models import AuditEvent
from tests.onboarding.management.test_commands import answer_of
from tests.onboarding.provisioning.test_shares import run_of, spec_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def portal(settings) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"


def arguments(integration: Integration, name: str, *more: str) -> tuple[str, ...]:
    return ("share", name, integration.name, *more, "--tenant", integration.tenant.slug)


def test_a_share_is_listed_checked_and_linked_and_its_link_revoked(world: World, capsys) -> None:
    root = world.root()
    key = root.client("kms").create_key()["KeyMetadata"]["Arn"]
    spec = spec_of(world, Share("analytics", "777788889999"), kms_key=key)
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    with pytest.raises(CommandError, match="draft"):
        answer_of(*arguments(integration, "list"))
    integration = run_of(world, spec, integration).integration
    integration.refresh_from_db()
    [share] = answer_of(*arguments(integration, "list"))["shares"]
    assert (share["label"], share["verdict"]["code"], share["link"]) == ("analytics", "share_status.not_checked", None)
    with pytest.raises(CommandError, match="not as it was set up"):
        answer_of(*arguments(integration, "check"))
    policy = with_statement(kms.key_policy(root, key), key_statement(plan_for(integration, spec), spec.shares[0]))
    kms.put_key_policy(root, key, policy)
    [share] = answer_of(*arguments(integration, "check"))["shares"]
    assert (share["state"], share["key"]["code"]) == ("healthy", "share_status.key_allows")

    link = answer_of(*arguments(integration, "link", "analytics"))
    assert link["url"].startswith("https://portal.example/")
    assert answer_of(*arguments(integration, "list"))["shares"][0]["link"]["url"] == link["url"]
    capsys.readouterr()
    call_command(*arguments(integration, "list"))
    printed = capsys.readouterr().out
    assert link["url"] in printed
    assert "Its policy allows the reader" in printed
    assert answer_of(*arguments(integration, "revoke", "analytics"))["revoked"] == 1
    assert answer_of(*arguments(integration, "revoke", "analytics"))["revoked"] == 0
    rows = AuditEvent.objects.filter(action__startswith="tenancy:share:").order_by("pk")
    assert [(row.action, row.actor) for row in rows] == [
        ("tenancy:share:created", "command line"),
        ("tenancy:share:revoked", "command line"),
    ]
    with pytest.raises(CommandError, match="no share absent"):
        answer_of(*arguments(integration, "link", "absent"))
