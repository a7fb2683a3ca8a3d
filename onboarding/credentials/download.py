"""Download of an encrypted copy, with a record of who downloaded it."""

from onboarding.models.credential import Download, SealedCopy
from onboarding.models.states import CredentialState
from onboarding.service_guards import Actor, record
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message


@deadlocks.atomic
def download_copy(*, copy: SealedCopy, actor: Actor) -> SealedCopy:
    """Return an encrypted copy for download, and record who downloaded it and when."""
    integration = copy.credential.integration
    if copy.credential.state not in {CredentialState.READY, CredentialState.IN_USE}:
        raise validation_error(Message("credential.not_downloadable"))
    Download.objects.create(copy=copy, actor=str(actor))
    record(
        "credential:fetched",
        integration.tenant,
        actor,
        copy.credential.access_key_id or copy.credential.user_name,
        about=copy.credential,
        integration=integration.uid,
        fingerprint=copy.fingerprint,
    )
    return copy
