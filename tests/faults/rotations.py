"""Access keys are rotated, that is undone, a key is revoked; and the vendor's sender, which uses each new key."""

from dataclasses import replace

from django.db.models import Q

from onboarding.credentials.contents import read_key
from onboarding.models.credential import Credential, Download
from onboarding.models.integration import Integration
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.states import CredentialState, RevocationState, RotationState
from onboarding.rotations import advance, requests, revocations
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.openpgp.decrypt import decrypt
from tests import clock
from tests.faults import boundaries as numbered
from tests.faults.case import REGION, STREAM, Case
from tests.onboarding.provisioning import driving
from tests.world import Keypair

TURNS = 80


def rotation(case: Case) -> Case:
    """Request a rotation, whose run is the one that is interrupted, and all that follows it."""
    found = requests.rotate(integration=_integration(case), actor="test")
    return replace(case, run_id=found.run_id or 0)


def undoing(case: Case) -> Case:
    """Rotate until the old key is inactive, and undo that."""
    begun = rotation(case)
    driving.carried_out(begun.run)
    found = Rotation.objects.get(run_id=begun.run_id)
    for _ in range(TURNS):
        if found.state == RotationState.INACTIVE:
            break
        _send_with_newest_key(found, case.client_key)
        clock.pass_until_work_is_due(found)
        advance.advance_rotation(found.pk)
        found.refresh_from_db()
    requests.undo(rotation=found, actor="test")
    return begun


def revocation(case: Case) -> Case:
    """Revoke the key."""
    revocations.revoke(credential=_integration(case).credentials.get(), actor="test")
    return case


def drive(run_id: int, client_key: Keypair) -> None:
    """Advance what there is of rotations and revocations until it is over, as workers and sweeps do."""
    ours = Q(integration__runs=run_id)
    for _ in range(TURNS):
        rotations = list(advance.open_rotations().filter(ours).distinct())
        revoked = list(advance.open_revocations().filter(ours).distinct())
        if not rotations and not revoked:
            return
        for work in (*rotations, *revoked):
            with numbered.uncounted():
                _send_with_newest_key(work, client_key)
                clock.pass_until_work_is_due(work)
        for found in rotations:
            advance.advance_rotation(found.pk)
        for ended in revoked:
            advance.advance_revocation(ended.pk)


def _send_with_newest_key(work: Rotation | Revocation, client_key: Keypair) -> None:
    usable = Credential.objects.filter(integration=work.integration_id, state=CredentialState.READY)
    newest = usable.order_by("-pk").first()
    if newest is not None:
        Download.objects.get_or_create(copy=newest.copies.get(audience="client"), actor="test")
        works(newest, client_key)


def works(credential: Credential, client_key: Keypair) -> bool:
    """Tell whether AWS accepts a record with the key, as the client takes it out of its copy."""
    copy = credential.copies.get(audience="client")
    key = AwsCredentials(*read_key(decrypt(copy.ciphertext, private_key=client_key.private_key)))
    session = AwsSession(region=REGION, credentials=key)
    try:
        put_record(session, STREAM, data=b"{}", partition_key="a")
    except AwsFault:
        return False
    return True


def without_valid_key(case: Case) -> list[str]:
    """What is wrong right after a worker ended: no key of the integration can put a record, or there are three."""
    rows = _integration(case).credentials.exclude(access_key_id="").filter(copies__isnull=False).distinct()
    wrong = [] if any(works(row, case.client_key) for row in rows) else ["no key can put a record"]
    users = _users(case)
    return wrong if len(users) <= 2 else [*wrong, f"there are {len(users)} users: {users}"]


def not_rotated(case: Case) -> list[str]:
    """What is wrong after a rotation, in words."""
    found = Rotation.objects.select_related("old", "new").get(run_id=case.run_id)
    wrong = [] if found.state == RotationState.DONE else [f"the rotation is {found.state}: {found.problem}"]
    return [*wrong, *_only(case, found.new, CredentialState.READY), *_ended(found.old, CredentialState.ROTATED)]


def not_undone(case: Case) -> list[str]:
    """What is wrong after a rotation was undone, in words."""
    found = Rotation.objects.select_related("old", "new").get(run_id=case.run_id)
    wrong = [] if found.state == RotationState.UNDONE else [f"the rotation is {found.state}: {found.problem}"]
    return [*wrong, *_only(case, found.old, CredentialState.READY), *_ended(found.new, CredentialState.REVOKED)]


def not_revoked(case: Case) -> list[str]:
    """What is wrong after a revocation, in words."""
    found = Revocation.objects.select_related("credential").get(integration=case.run.integration_id)
    wrong = [] if found.state == RevocationState.PROVED else [f"the revocation is {found.state}: {found.problem}"]
    if users := _users(case):
        wrong.append(f"the users {users} are left")
    if works(found.credential, case.client_key):
        wrong.append("the revoked key puts records")
    return [*wrong, *_ended(found.credential, CredentialState.REVOKED)]


def _only(case: Case, credential: Credential | None, state: str) -> list[str]:
    if credential is None:
        return ["there is no such key"]
    wrong = [] if credential.state == state else [f"the key that is left is {credential.state}"]
    if _users(case) != {credential.user_name: [(credential.access_key_id, "Active")]}:
        wrong.append(f"the users are {_users(case)}")
    if not works(credential, case.client_key):
        wrong.append("the key that is left puts no records")
    others = _integration(case).credentials.exclude(pk=credential.pk).filter(state__in=["ready", "proved", "sealed"])
    return [*wrong, *(f"{other} is {other.state}" for other in others)]


def _ended(credential: Credential | None, state: str) -> list[str]:
    found = credential.state if credential else None
    return [] if found == state else [f"the key that ended is {found}"]


def _users(case: Case) -> dict[str, list[tuple[str, str]]]:
    iam = case.root().client("iam")
    names = [user["UserName"] for user in iam.list_users(PathPrefix="/sluice/")["Users"]]
    return {
        name: [(row["AccessKeyId"], row["Status"]) for row in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
        for name in names
    }


def _integration(case: Case) -> Integration:
    return Integration.objects.get(pk=case.run.integration_id)
