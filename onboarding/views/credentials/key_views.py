"""An access key as its page shows it: its age, its encrypted copies and who downloaded them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.credentials.decryption_guides import Guide, decryption_guides
from onboarding.credentials.mail_states import MailState, mail_states
from onboarding.integrations.key_findings import KeyFinding
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import proved_copies
from onboarding.spec import integration_spec as specs
from onboarding.spec.stream_spec import StreamSpec
from portal.numbers import in_fours
from portal.tenancy.models import Tenant


@dataclass(frozen=True, slots=True)
class CopyLine:
    """An encrypted copy as the page shows it; `file_name` is what the browser saves it as.

    `locked` is the key for which no one has shown yet that they can open the copy.
    """

    copy: SealedCopy
    recipient: str
    fingerprint: str
    file_name: str
    is_vendor: bool
    locked: PgpKey | None
    downloads: list[Download]
    download_count: int
    mail: MailState | None

    @property
    def earlier_count(self) -> int:
        """Return how many downloads there are beside the newest three."""
        return max(self.download_count - 3, 0)

    @property
    def guides(self) -> list[Guide]:
        """Return how each program opens the copy."""
        return decryption_guides(self.file_name)

    @property
    def unlisted_count(self) -> int:
        """Return how many downloads the page does not list."""
        return self.download_count - len(self.downloads)


@dataclass(frozen=True, slots=True)
class Recipients:
    """The tenant's OpenPGP keys by fingerprint; by uid the copies that their owners proved to open, and their mails."""

    keys: dict[str, PgpKey]
    proved: set[str]
    mails: dict[str, MailState]


@dataclass(frozen=True, slots=True)
class KeyView:
    """An access key with its copies; `lines_out` and `lines_in` are lines of its profile that changed since.

    `accepted` are addresses from which it was used and that an admin accepted as expected.
    """

    credential: Credential
    age: str
    own_copies: list[CopyLine]
    vendor_copies: list[CopyLine]
    encrypted_for: StreamSpec
    lines_out: list[str] = field(default_factory=list)
    lines_in: list[str] = field(default_factory=list)
    findings: list[KeyFinding] = field(default_factory=list)
    accepted: list[KeyAddress] = field(default_factory=list)

    @property
    def has_calls(self) -> bool:
        """Return whether CloudTrail has calls of the key from an address that no one accepted."""
        rows = (row for finding in self.findings for row in finding.addresses)
        return any(row.source == KeyAddress.Source.CLOUDTRAIL for row in rows)

    @property
    def since(self) -> datetime | None:
        """Return since when the key is in its state."""
        return self.credential.ready_at or self.credential.sealed_at


def recipients_of(tenant: Tenant, credentials: Iterable[Credential]) -> Recipients:
    """Return whose keys the copies of some credentials are for, and which copies are proved to be opened."""
    copies = [copy for credential in credentials for copy in credential.copies.all()]
    keys = PgpKey.with_removed.filter(tenant=tenant, fingerprint__in={copy.fingerprint for copy in copies})
    return Recipients({key.fingerprint: key for key in keys}, proved_copies(tenant, copies), mail_states(copies))


def key_view(
    integration: Integration,
    credential: Credential,
    recipients: Recipients,
    now: datetime,
    findings: Iterable[KeyFinding] = (),
) -> KeyView:
    """Return an access key for its page."""
    lines = [_line(integration, copy, recipients) for copy in credential.copies.all()]
    current = specs.from_row(integration.spec).stream
    was = specs.from_row(credential.run.spec).stream if credential.run else current
    old, new = was.endpoint.profile, current.endpoint.profile
    return KeyView(
        credential=credential,
        age=_age(credential.created_at, now),
        own_copies=[line for line in lines if not line.is_vendor],
        vendor_copies=[line for line in lines if line.is_vendor],
        encrypted_for=was,
        lines_out=[f"{name} = {value}" for name, value in old.items() if new.get(name) != value],
        lines_in=[f"{name} = {value}" for name, value in new.items() if old.get(name) != value],
        findings=[found for found in findings if found.credential.pk == credential.pk],
        accepted=[row for row in credential.addresses.all() if row.accepted_at],
    )


def file_name(integration: Integration, copy: SealedCopy) -> str:
    """Return the name under which a browser saves an encrypted copy: without .asc, that of what is inside."""
    earlier = f"{integration.stream_name or integration.uid}-{copy.fingerprint[-8:].lower()}.tar"
    return f"{copy.file_name or earlier}.asc"


def _line(integration: Integration, copy: Any, recipients: Recipients) -> CopyLine:
    is_vendor = copy.audience == SealedCopy.Audience.VENDOR
    owner = recipients.keys.get(copy.fingerprint)
    return CopyLine(
        copy=copy,
        recipient=_("the vendor") if is_vendor else owner.title if owner else copy.fingerprint[-16:],
        fingerprint=in_fours(copy.fingerprint),
        file_name=file_name(integration, copy),
        is_vendor=is_vendor,
        locked=None if is_vendor or copy.uid in recipients.proved else owner,
        downloads=copy.newest_downloads,
        download_count=copy.download_count,
        mail=recipients.mails.get(copy.uid),
    )


def _age(created_at: datetime, now: datetime) -> str:
    days = (now - created_at).days
    if days < 1:
        return _("less than a day")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
