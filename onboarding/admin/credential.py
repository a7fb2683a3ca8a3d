"""Access keys, and who downloaded them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.mail_copy import MailCopy
from portal.tenancy.admin_access import Boxed, SeenByStaff

_KEY = ("user_name", "access_key_id", "state", "uploaded_by", "sealed_at", "ready_at")
_COLUMNS = (*_KEY, "receipts", "mails", "seen_from")


class CredentialInline(Boxed, SeenByStaff, admin.TabularInline[Credential, Integration]):
    """An integration's access keys, by ID; encrypted copies are not shown here."""

    model = Credential
    fields = readonly_fields = _COLUMNS
    extra = 0

    @admin.display(description="downloaded by")
    def receipts(self, credential: Credential) -> str:
        """Return who downloaded which copy, and when."""
        return "; ".join(
            f"{download.actor} {download.at:%Y-%m-%d %H:%M}"
            for copy in credential.copies.all()
            for download in copy.downloads.all()
        )

    @admin.display(description="mailed to")
    def mails(self, credential: Credential) -> str:
        """Return to where which copy is mailed, and when a mail server accepted it."""
        mails = (copy.mail_copy for copy in credential.copies.all() if hasattr(copy, "mail_copy"))
        return "; ".join(f"{mail.address} {_accepted(mail)}" for mail in mails if mail.address) or "-"

    @admin.display(description="used from")
    def seen_from(self, credential: Credential) -> str:
        """Return the unexpected addresses from which the key was used, and who accepted which of them."""
        return "; ".join(_seen_from(address) for address in credential.addresses.all()) or "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        """Fetch the receipts with the credentials."""
        return super().get_queryset(request).prefetch_related("copies__downloads", "copies__mail_copy", "addresses")


def _accepted(mail: MailCopy) -> str:
    return f"accepted {mail.accepted_at:%Y-%m-%d %H:%M}" if mail.accepted_at else "not accepted"


def _seen_from(row: KeyAddress) -> str:
    verdict = f"accepted by {row.accepted_by}" if row.accepted_at else "not accepted"
    return f"{row.address} {row.operation} {row.last_seen_at:%Y-%m-%d %H:%M} {verdict}"
