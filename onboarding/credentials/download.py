"""Download of an encrypted copy: who may have it, and the receipt of a download that was complete.

Two calls, because a view returns before a byte is sent: `check` before, `record_download` after the last byte.
"""

from django.urls import reverse

from onboarding.models.credential import Download, SealedCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import proved_copies
from onboarding.models.states import CredentialState
from onboarding.service_guards import Actor, record
from portal import deadlocks, request_context
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import selectors
from portal.tenancy.models import ApiToken


def check(copy: SealedCopy) -> None:
    """Raise ValidationError for a copy that cannot be downloaded: of a key that is not proved or was withdrawn.

    A client's copy also needs a proof that its recipient can open it.
    """
    if copy.credential.state not in {CredentialState.READY, CredentialState.IN_USE}:
        raise validation_error(Message("credential.not_downloadable"))
    tenant = copy.credential.integration.tenant
    if copy.audience == SealedCopy.Audience.CLIENT and not proved_copies(tenant, [copy]):
        key = PgpKey.with_removed.filter(tenant=tenant, fingerprint=copy.fingerprint).first()
        raise validation_error(Message("possession.required", title=key.title if key else copy.fingerprint[-16:]))


@deadlocks.atomic
def record_download(*, copy: SealedCopy, actor: Actor) -> Download:
    """Record that a copy was downloaded completely: by whom, when, and from which address."""
    receipt = Download.objects.create(copy=copy, actor=str(actor), address=request_context.origin().address)
    _record(copy, actor)
    return receipt


@deadlocks.atomic
def record_fetch(*, copy: SealedCopy, token: ApiToken) -> None:
    """Record the first time that a program fetched a copy completely with its token."""
    defaults = {"actor": token.person.email, "address": request_context.origin().address}
    _receipt, is_first = Download.objects.get_or_create(copy=copy, token=token, defaults=defaults)
    if is_first:
        _record(copy, token.person, token=token.name)


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
    _notify(copy, actor)


def _notify(copy: SealedCopy, actor: Actor) -> None:
    """Notify the tenant's admins: of its own copies once for each person, and once that the vendor has the key."""
    integration = copy.credential.integration
    tenant, is_vendor = integration.tenant, copy.audience == SealedCopy.Audience.VENDOR
    names = {"integration": integration.name, "tenant": tenant.name}
    message = (
        Message("notification.vendor_has_key", **names)
        if is_vendor
        else Message("notification.key_downloaded", actor=str(actor), **names)
    )
    outbox.write(
        kinds.VENDOR_HAS_KEY if is_vendor else kinds.KEY_DOWNLOADED,
        message,
        event=f"copy-{copy.uid}" if is_vendor else f"copy-{copy.uid}-{actor}"[:120],
        to=selectors.admins_of(tenant),
        tenant=tenant,
        path=reverse("credentials", kwargs={"slug": tenant.slug, "uid": integration.uid}),
    )
