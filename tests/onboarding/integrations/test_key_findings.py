"""Findings about access keys: on the key's page, on the home page and by command, until the key was replaced."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from onboarding.integrations import drift, key_findings, key_trail
from onboarding.integrations.key_findings import FindingKind
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import RotationState
from onboarding.rotations import advance
from onboarding.tasks import check_key_trail
from portal.aws.iam.users import attach_user_policy, attached_policies, get_user
from portal.aws.session import AwsSession
from portal.outbox.models import OutboxItem
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, newest, revoked, works
from tests.played_address import coming_from
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
QUARANTINE = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"


def list_streams(session: AwsSession, address: str) -> str:
    """What AWS answers a call that the key may not make, from an address."""
    try:
        coming_from(session, address).client("kinesis").list_streams()
    except Exception as error:
        return str(error)
    return ""


def pages(world: World, integration: Integration) -> tuple[str, str]:
    """The Access key tab, and the home page."""
    client, at = signed_in(world.admin.email), {"slug": integration.tenant.slug}
    tab = client.get(reverse("credentials", kwargs={**at, "uid": integration.uid}))
    return tab.content.decode(), client.get(reverse("tenant_home", kwargs=at)).content.decode()


def report_as_compromised(world: World, credential: Credential) -> None:
    """Choose the finding's act on the Access key tab."""
    integration = credential.integration
    where = {"slug": integration.tenant.slug, "uid": integration.uid, "key_uid": credential.uid}
    answer = signed_in(world.admin.email).post(reverse("key_revoke", kwargs=where), {"do": "compromised"})
    assert answer.status_code == 302


def replaced(integration: Integration) -> None:
    """Carry out the revocation and the rotation that the act requested."""
    revoked(integration.revocations.get())
    advanced(integration.rotations.get(), RotationState.DELIVERED)


def test_a_key_used_from_elsewhere_is_found_reported_and_replaced(world: World, settings: Any) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    integration, _ = applied(world, delivery=False)
    old = newest(integration)
    session = key(world, old)
    assert "not authorized" in list_streams(session, "1.1.1.7")
    check_key_trail(credential_id=old.pk)
    assert key_findings.findings_of(integration) == [], "the vendor's own network"
    assert "not authorized" in list_streams(session, "8.8.8.8")
    check_key_trail(credential_id=old.pk)
    [finding] = key_findings.findings_of(integration)
    assert (finding.kind, finding.means_compromised) == (FindingKind.USED_ELSEWHERE, True)
    assert [(row.address, row.operation, row.error_code) for row in finding.addresses] == [
        ("8.8.8.8", "kinesis:ListStreams", "AccessDeniedException")
    ]
    tab, home = pages(world, integration)
    assert "Compromised: revoke and rotate" in tab
    assert "8.8.8.8" in tab
    assert "from an unexpected network" in home
    assert "is-failing" in home
    assert OutboxItem.objects.filter(kind="access_key_used_elsewhere", channel="bell").count() == 1
    report_as_compromised(world, old)
    assert key_findings.findings_of(integration) == [], "the key is no longer in use"
    replaced(integration)
    assert not works(coming_from(session, "1.1.1.7"))
    new = newest(integration)
    assert new != old
    assert works(coming_from(key(world, new), "1.1.1.7"))
    revocation = integration.revocations.get()
    assert [event["source_address"] for event in revocation.events][:2] == ["8.8.8.8", "1.1.1.7"]
    tab, home = pages(world, integration)
    assert "Compromised: revoke and rotate" not in tab
    assert "unexpected network" not in home


def test_a_role_without_the_permission_is_not_asked_by_the_schedule(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential = newest(integration)
    integration.connection.allow_trail = False
    integration.connection.save(update_fields=["allow_trail"])
    check_key_trail(credential_id=credential.pk)
    credential.refresh_from_db()
    assert (credential.trail_requested_at, credential.trail_problem) == (None, None)
    tab, _ = pages(world, integration)
    assert "Sluice may not read CloudTrail" in tab


def test_a_quarantined_key_has_the_same_act_and_the_finding_ends_with_it(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    old = newest(integration)
    session = key(world, old)
    attach_user_policy(world.root(), old.user_name, QUARANTINE)
    drift.check(integration)
    [finding] = key_findings.findings_of(integration)
    assert (finding.kind, finding.means_compromised) == (FindingKind.QUARANTINED, True)
    tab, home = pages(world, integration)
    assert "Quarantined by AWS" in tab
    assert "Compromised: revoke and rotate" in tab
    assert "quarantined the access key" in home
    report_as_compromised(world, old)
    tab, home = pages(world, integration)
    assert "Quarantined by AWS" not in tab
    assert "quarantined the access key" not in home, "the key cannot be used, whatever the last check found"
    advance.advance_revocation(integration.revocations.get().pk)
    assert attached_policies(world.root(), old.user_name) == [QUARANTINE], "it is not ours to detach"
    replaced(integration)
    assert get_user(world.root(), old.user_name) is None
    assert not works(session)
    assert works(key(world, newest(integration)))
    drift.check(Integration.objects.get())
    assert key_findings.findings_of(integration) == []
    assert "quarantined" not in pages(world, integration)[1].lower()


def test_a_key_that_no_one_uses_for_two_weeks_can_be_revoked(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential, now = newest(integration), timezone.now()
    Credential.objects.update(ready_at=now - timedelta(days=13), use_checked_at=now)
    assert key_findings.findings_of(integration) == []
    Credential.objects.update(ready_at=now - timedelta(days=15))
    [finding] = key_findings.findings_of(integration)
    assert (finding.kind, finding.what.code, finding.means_compromised) == (
        FindingKind.UNUSED,
        "key_finding.never_used",
        False,
    )
    tab, home = pages(world, integration)
    assert "Revoke access key" in tab
    assert "has reported no use" in tab
    assert "not been used" in home
    # A late report of a use ends it.
    Credential.objects.update(last_used_at=now)
    assert key_findings.findings_of(integration) == []
    Credential.objects.update(last_used_at=None, use_checked_at=now - timedelta(days=2))
    assert key_findings.findings_of(integration) == [], "IAM was not asked lately"
    assert credential.pk


def test_the_command_shows_the_findings(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential = newest(integration)
    list_streams(key(world, credential), "8.8.8.8")
    key_trail.check(credential)
    answer, text, of_tenant = StringIO(), StringIO(), ("--tenant", integration.tenant.slug)
    call_command("credential", "status", integration.uid, *of_tenant, "--json", stdout=answer)
    [found] = json.loads(answer.getvalue())["access_keys"]
    [finding] = found["findings"]
    assert (finding["kind"], finding["addresses"][0]["address"]) == ("used_elsewhere", "8.8.8.8")
    call_command("credential", "status", integration.uid, *of_tenant, stdout=text)
    assert "was used from 8.8.8.8" in text.getvalue()
