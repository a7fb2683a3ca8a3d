"""Download of an encrypted copy, with a record of who downloaded it."""

from onboarding.models.credential import Download, SealedCopy
from onboarding.models.states import CredentialState
from onboarding.service_guards import Actor, record
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import ApiToken


@deadlocks.atomic
def download_copy(*, copy: SealedCopy, actor: Actor) -> SealedCopy:
    """Return an encrypted copy for download, and record who downloaded it and when."""
    _check(copy)
    Download.objects.create(copy=copy, actor=str(actor))
    _record(copy, actor)
    return copy


@deadlocks.atomic
def fetch_copy(*, copy: SealedCopy, token: ApiToken) -> SealedCopy:
    """Return an encrypted copy for a program, and record the first time that it is fetched with the token."""
    _check(copy)
    _receipt, is_first = Download.objects.get_or_create(copy=copy, token=token, defaults={"actor": token.person.email})
    if is_first:
        _record(copy, token.person, token=token.name)
    return copy


def _check(copy: SealedCopy) -> None:
    if copy.credential.state not in {CredentialState.READY, CredentialState.IN_USE}:
        raise validation_error(Message("credential.not_downloadable"))


def _record(copy: SealedCopy, actor: Actor, **details: str) -> None:
    integration = copy.credential.integration
    record(
        "credential:fetched",
        integration.tenant,
        actor,
        copy.credential.access_key_id or copy.credential.user_name,
        about=copy.credential,
        integration=integration.uid,
        fingerprint=copy.fingerprint,
        **details,
    )
