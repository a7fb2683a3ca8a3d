"""AWS's quarantine of an exposed key: never detached, never accepted, an alarm of its own, and revoked on request."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from onboarding.integrations import drift, repair
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.spec.remediation import QUARANTINE_NOT_ACCEPTABLE, Remediation, RemediationAction, digest
from portal.aws.errors import AwsFault
from portal.aws.iam.users import attach_user_policy, attached_policies, get_user
from portal.aws.records import put_record
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
POLICIES = [f"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine{version}" for version in ("", "V2", "V3")]


@pytest.fixture
def quarantined(world: World) -> Integration:
    """An integration whose key AWS found in a public place."""
    integration, _ = applied(world, delivery=False)
    for arn in POLICIES:
        attach_user_policy(world.root(), integration.credentials.get().user_name, arn)
    drift.check(integration)
    return integration


def test_it_is_a_finding_of_its_own_that_nothing_detaches_or_accepts(world: World, quarantined: Integration) -> None:
    credential = quarantined.credentials.get()
    [finding] = drift.findings(quarantined)
    revoke = Remediation(RemediationAction.REVOKE_KEY, credential.user_name, credential.access_key_id)
    assert (finding.what.code if finding.what else "", finding.repairs) == ("drift.quarantine", [revoke])
    with pytest.raises(ValidationError) as refused:
        drift.accept(finding=finding, actor=world.admin)
    assert refused.value.code == QUARANTINE_NOT_ACCEPTABLE.code
    answer = StringIO()
    with pytest.raises(Exception, match="drift was detected"):
        call_command("integration", "drift", quarantined.uid, "--tenant", "northwind", "--accept", stdout=answer)
    assert "revoke the key" in answer.getvalue()
    assert DriftFinding.objects.get().accepted_at is None
    # A repair that someone confirmed before the finding was one of its own.
    detach = [Remediation(RemediationAction.DETACH_POLICY, credential.user_name, arn) for arn in POLICIES]
    run = carried_out(repair.repair(integration=quarantined, actor=world.admin, remediations=detach))
    assert failed_steps(run)["grant"].code == "refused.quarantined"
    assert set(POLICIES) <= set(attached_policies(world.root(), credential.user_name))


def test_the_pages_raise_an_alarm_and_offer_to_revoke_the_key(world: World, quarantined: Integration) -> None:
    client, at = signed_in(world.admin.email), {"slug": quarantined.tenant.slug}
    home = client.get(reverse("tenant_home", kwargs=at)).content.decode()
    page = client.get(reverse("integration", kwargs={**at, "uid": quarantined.uid})).content.decode()
    for html in (home, page):
        assert "quarantined the access key" in html
        assert reverse("credentials", kwargs={**at, "uid": quarantined.uid}) in html
    assert "Revoke access key" in home
    assert "is-failing" in home
    # The one act is on the key's page: a repair would leave the client without a key until its run is over.
    assert reverse("integration_repair", kwargs={**at, "uid": quarantined.uid}) not in page
    [finding] = drift.findings(quarantined)
    assert reverse("drift_accept", kwargs={**at, "uid": quarantined.uid, "pk": finding.pk}) not in page


def test_a_revoked_key_is_deleted_first_and_another_takes_its_place(world: World, quarantined: Integration) -> None:
    before, old = quarantined.credentials.get(), delivered_key(world, quarantined)
    client, seen = signed_in(world.admin.email), digest(drift.remediations_of(quarantined))
    where = {"slug": quarantined.tenant.slug, "uid": quarantined.uid}
    client.post(reverse("integration_repair", kwargs=where), {"seen": seen})
    run = quarantined.runs.first()
    assert run is not None
    first = run.steps.first()
    assert first is not None
    assert first.name == "revoke_access_key"
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    assert get_user(world.root(), before.user_name) is None
    with pytest.raises(AwsFault):
        put_record(old, "sluice-sensors", data=b"{}", partition_key="a")
    before.refresh_from_db()
    assert before.state == "revoked"
    put_record(delivered_key(world, quarantined), "sluice-sensors", data=b"{}", partition_key="a")
    assert drift.check(quarantined) == []
