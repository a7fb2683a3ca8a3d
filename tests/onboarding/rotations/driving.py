"""How tests drive rotations and revocations: as worker and sweep do, with time passing in jumps."""

from onboarding.credentials.contents import read_key
from onboarding.credentials.download import record_download
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.states import RevocationState, RotationState
from onboarding.rotations import advance
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.openpgp.decrypt import decrypt
from tests import clock
from tests.onboarding.provisioning.driving import carried_out
from tests.world import World

STREAM = "sluice-sensors"


def turn(rotation: Rotation) -> Rotation:
    """One turn of a worker, once the rotation is due; while its run is at work, the run is carried out first."""
    rotation.refresh_from_db()
    if rotation.state == RotationState.CREATING and rotation.run is not None:
        carried_out(rotation.run)
    clock.pass_until_work_is_due(rotation)
    advance.advance_rotation(rotation.pk)
    rotation.refresh_from_db()
    return rotation


def advanced(rotation: Rotation, state: RotationState, turns: int = 40) -> Rotation:
    """Turns until the rotation is in a state."""
    for _ in range(turns):
        if rotation.state == state:
            return rotation
        turn(rotation)
    raise AssertionError(f"the rotation is {rotation.state}: {rotation.problem}")


def revoked(revocation: Revocation, turns: int = 20) -> Revocation:
    """Turns until the revocation is proved."""
    for _ in range(turns):
        clock.pass_until_work_is_due(revocation)
        advance.advance_revocation(revocation.pk)
        revocation.refresh_from_db()
        if revocation.state == RevocationState.PROVED:
            break
    return revocation


def key(world: World, credential: Credential, *, receipt: bool = True) -> AwsSession:
    """The producer's identity of one key, as the client takes it out of its copy, which leaves a receipt."""
    copy = credential.copies.get(audience="client")
    if receipt:
        record_download(copy=copy, actor=world.admin)
    found = AwsCredentials(*read_key(decrypt(copy.ciphertext, private_key=world.client_key.private_key)))
    return AwsSession(region="eu-west-1", credentials=found)


def works(session: AwsSession) -> bool:
    """Whether AWS accepts a record with this key."""
    try:
        put_record(session, STREAM, data=b"{}", partition_key="a")
    except AwsFault:
        return False
    return True


def users(world: World) -> dict[str, list[str]]:
    """The producers' users in the account, each with the status of its keys."""
    iam = world.root().client("iam")
    names = [user["UserName"] for user in iam.list_users(PathPrefix="/sluice/")["Users"]]
    return {name: [row["Status"] for row in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]] for name in names}


def newest(integration: Integration) -> Credential:
    """The newest credential of an integration."""
    found = integration.credentials.order_by("-pk").select_related("integration__connection").first()
    assert found is not None
    return found
