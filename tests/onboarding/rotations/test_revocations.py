"""A revoked key: inactive at once, deleted, and refused by AWS; a compromised one is replaced as well."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.credentials import download
from onboarding.models.credential import SealedCopy
from onboarding.models.states import CredentialState, RevocationState, RotationState
from onboarding.rotations import advance, refused_put, requests, revocations
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, newest, revoked, users, works
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_revoked_key_is_refused_by_aws_which_is_the_proof(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential = newest(integration)
    session = key(world, credential)
    assert works(session)
    assert refused_put.refusal_of(credential) is None, "AWS knows an active key, whatever signs"
    revocation = revocations.revoke(credential=credential, actor=world.support, reason="found in a log")
    assert revocations.revoke(credential=credential, actor=world.admin) == revocation
    with pytest.raises(ValidationError):
        download.check(SealedCopy.objects.get(credential=credential, audience="vendor"))
    advance.advance_revocation(revocation.pk)
    revocation.refresh_from_db()
    assert (revocation.state, works(session)) == (RevocationState.INACTIVE, False)
    revoked(revocation)
    assert revocation.state == RevocationState.PROVED
    assert revocation.refusal is not None
    assert revocation.refusal.code == "revocation.refused"
    assert revocation.refusal.params["code"] == "UnrecognizedClientException"
    assert users(world) == {}
    [event] = AuditEvent.objects.filter(action="onboarding:credential:revoked")
    assert (event.actor, event.reason) == (str(world.support), "found in a log")
    assert OutboxItem.objects.filter(kind="access_key_revoked").exists()
    # The vendor's sender, which has the secret, saw it too.
    revocations.report_refused(credential=credential, actor="vendor@vendor.example")
    # Another key is created on request, and needs no one to wait for the old one.
    rotation = requests.rotate(integration=integration, actor=world.admin)
    advanced(rotation, RotationState.DELIVERED)
    assert works(key(world, newest(integration)))
    advanced(rotation, RotationState.DONE)
    credential.refresh_from_db()
    assert credential.state == CredentialState.REVOKED


def test_a_compromised_key_ends_at_once_and_another_is_created_with_keys_of_others_left_powerless(
    world: World,
) -> None:
    integration, _ = applied(world, delivery=False)
    old = newest(integration)
    iam = world.root().client("iam")
    foreign = iam.create_access_key(UserName=old.user_name)["AccessKey"]["AccessKeyId"]
    session = key(world, old)
    revocation = revocations.revoke(credential=old, actor=world.admin, is_compromised=True)
    advance.advance_revocation(revocation.pk)
    assert not works(session)
    assert iam.list_attached_user_policies(UserName=old.user_name)["AttachedPolicies"] == []
    advance.advance_revocation(revocation.pk)
    revocation.refresh_from_db()
    assert (revocation.state, revocation.foreign_keys) == (RevocationState.INACTIVE, [foreign])
    rotation = integration.rotations.get()
    advanced(rotation, RotationState.DELIVERED)
    new = newest(integration)
    assert works(key(world, new))
    advanced(rotation, RotationState.DONE)
    revocations.agree_to_delete(revocation=revocation, actor=world.admin, keys=[foreign])
    revoked(revocation)
    assert (revocation.state, set(users(world))) == (RevocationState.PROVED, {new.user_name})
