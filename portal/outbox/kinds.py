"""Every kind of event that people are notified of. The apps in which the events happen write them (`outbox.write`).

A kind has a subject of its own; the text is the message that the event is written with. Both have their English in
`portal.messages.notifications` and are rendered when they are delivered or shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.messages.message import Message, Param

Subject = Callable[[Mapping[str, Param]], Message]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its name on the settings page, who is notified, its subject, and the label of its link.

    A security kind cannot be switched off; one that is opt-in is off until a person switches it on. One that reaches
    leavers is also for people who were deactivated or no longer have access to the tenant.
    """

    key: str
    label: Message
    audience: Message
    subject: Subject
    action: Message
    is_security: bool = False
    has_bell: bool = True
    has_webhook: bool = True
    reaches_leavers: bool = False
    is_opt_in: bool = False

    def subject_of(self, message: Message) -> Message:
        """Return the subject of an event, filled with the parameters of its message."""
        return self.subject(message.params)


INVITATION = Kind(
    key="invitation",
    label=Message("notification.invitation_label"),
    audience=Message("notification.to_invited"),
    subject=lambda params: Message("notification.invitation_subject", **params),
    action=Message("notification.choose_password"),
    is_security=True,
    has_bell=False,  # who is invited cannot sign in yet
    has_webhook=False,
)
TENANT_INVITATION = Kind(
    key="tenant_invitation",
    label=Message("notification.tenant_invitation_label"),
    audience=Message("notification.to_invited"),
    subject=lambda params: Message("notification.tenant_invitation_subject", **params),
    action=Message("notification.open_invitation"),
    is_security=True,
    has_bell=False,  # it is for an address, which may have no account
    has_webhook=False,
)
PASSWORD_RESET = Kind(
    key="password_reset",
    label=Message("notification.password_reset_label"),
    audience=Message("notification.to_person"),
    subject=lambda params: Message("notification.password_reset_subject", **params),
    action=Message("notification.choose_password"),
    is_security=True,
    has_bell=False,  # who forgot a password is not signed in
    has_webhook=False,
)
MEMBERSHIP_CHANGED = Kind(
    key="membership_changed",
    label=Message("notification.membership_label"),
    audience=Message("notification.to_person_and_admins"),
    subject=lambda params: Message("notification.membership_subject", **params),
    action=Message("notification.open_tenant"),
    is_security=True,
    reaches_leavers=True,
)
SIGN_IN_CHANGED = Kind(
    key="sign_in_changed",
    label=Message("notification.sign_in_label"),
    audience=Message("notification.to_person"),
    subject=lambda params: Message("notification.sign_in_subject", **params),
    action=Message("notification.open_security"),
    is_security=True,
    has_webhook=False,
)
INTEGRATION_READY = Kind(
    key="integration_ready",
    label=Message("notification.ready_label"),
    audience=Message("notification.to_everyone"),
    subject=lambda params: Message("notification.ready_subject", **params),
    action=Message("notification.open_integration"),
)
SETUP_FAILED = Kind(
    key="setup_failed",
    label=Message("notification.setup_failed_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.setup_failed_subject", **params),
    action=Message("notification.open_run"),
)
ROLE_VERIFIED = Kind(
    key="role_verified",
    label=Message("notification.role_verified_label"),
    audience=Message("notification.to_asker"),
    subject=lambda params: Message("notification.role_verified_subject", **params),
    action=Message("notification.open_connection"),
)
FIRST_RECORD = Kind(
    key="first_record",
    label=Message("notification.first_record_label"),
    audience=Message("notification.to_everyone"),
    subject=lambda params: Message("notification.first_record_subject", **params),
    action=Message("notification.open_stream"),
)
FIELDS_CHANGED = Kind(
    key="fields_changed",
    label=Message("notification.fields_changed_label"),
    audience=Message("notification.to_everyone"),
    subject=lambda params: Message("notification.fields_changed_subject", **params),
    action=Message("notification.open_fields"),
)
KEY_EXPIRES = Kind(
    key="key_expires",
    label=Message("notification.key_expires_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.key_expires_subject", **params),
    action=Message("notification.open_keys"),
)
TOKEN_EXPIRES = Kind(
    key="token_expires",
    label=Message("notification.token_expires_label"),
    audience=Message("notification.to_person_and_support"),
    subject=lambda params: Message("notification.token_expires_subject", **params),
    action=Message("notification.open_security"),
    is_security=True,
    has_webhook=False,
)
KEY_DOWNLOADED = Kind(
    key="key_downloaded",
    label=Message("notification.key_downloaded_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.key_downloaded_subject", **params),
    action=Message("notification.open_access_key"),
)
VENDOR_HAS_KEY = Kind(
    key="vendor_has_key",
    label=Message("notification.vendor_has_key_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.vendor_has_key_subject", **params),
    action=Message("notification.open_access_key"),
)
STAFF_UNMASKED = Kind(
    key="staff_unmasked",
    label=Message("notification.staff_unmasked_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.staff_unmasked_subject", **params),
    action=Message("notification.open_record_access"),
    is_security=True,
)
KEY_ROTATED = Kind(
    key="access_key_rotated",
    label=Message("notification.rotation_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.rotation_subject", **params),
    action=Message("notification.open_access_key"),
)
KEY_REVOKED = Kind(
    key="access_key_revoked",
    label=Message("notification.revoked_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.revoked_subject", **params),
    action=Message("notification.open_access_key"),
    is_security=True,
)
KEY_USED_ELSEWHERE = Kind(
    key="access_key_used_elsewhere",
    label=Message("notification.used_elsewhere_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.used_elsewhere_subject", **params),
    action=Message("notification.open_access_key"),
    is_security=True,
)
ROTATION_DUE = Kind(
    key="rotation_due",
    label=Message("notification.rotation_due_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.rotation_due_subject", **params),
    action=Message("notification.open_access_key"),
)

ALERT_OPENED = Kind(
    key="alert_opened",
    label=Message("notification.alert_opened_label"),
    audience=Message("notification.to_everyone"),
    subject=lambda params: Message("notification.alert_opened_subject", **params),
    action=Message("notification.open_alert"),
)
ALERT_CLOSED = Kind(
    key="alert_closed",
    label=Message("notification.alert_closed_label"),
    audience=Message("notification.to_everyone"),
    subject=lambda params: Message("notification.alert_closed_subject", **params),
    action=Message("notification.open_alert"),
)
ALERT_ESCALATED = Kind(
    key="alert_escalated",
    label=Message("notification.alert_escalated_label"),
    audience=Message("notification.to_escalation"),
    subject=lambda params: Message("notification.alert_escalated_subject", **params),
    action=Message("notification.open_alert"),
)

# Written for one address, which was chosen for the copies of one recipient; no one's notification settings have it.
ACCESS_KEY_MAIL = Kind(
    key="access_key_mail",
    label=Message("notification.access_key_mail_label"),
    audience=Message("notification.to_recipient"),
    subject=lambda params: Message("notification.access_key_mail_label", **params),
    action=Message("notification.open_access_key"),
    is_security=True,
    has_bell=False,
    has_webhook=False,
)

MONTHLY_REPORT = Kind(
    key="monthly_report",
    label=Message("notification.monthly_report_label"),
    audience=Message("notification.to_subscribers"),
    subject=lambda params: Message("notification.monthly_report_subject", **params),
    action=Message("notification.open_report"),
    has_webhook=False,
    is_opt_in=True,
)
ENDPOINT_DISABLED = Kind(
    key="endpoint_disabled",
    label=Message("notification.endpoint_disabled_label"),
    audience=Message("notification.to_admins"),
    subject=lambda params: Message("notification.endpoint_disabled_subject", **params),
    action=Message("notification.open_endpoint"),
    has_webhook=False,
)

# Written for one endpoint, when someone asks for it.
WEBHOOK_TEST = Kind(
    key="test",
    label=Message("notification.webhook_test_label"),
    audience=Message("notification.to_endpoint"),
    subject=lambda params: Message("notification.webhook_test_label", **params),
    action=Message("notification.open_tenant"),
    is_security=True,
    has_bell=False,
    has_webhook=False,
)

KINDS = (
    INTEGRATION_READY,
    SETUP_FAILED,
    ROLE_VERIFIED,
    FIRST_RECORD,
    FIELDS_CHANGED,
    KEY_EXPIRES,
    KEY_DOWNLOADED,
    VENDOR_HAS_KEY,
    STAFF_UNMASKED,
    KEY_ROTATED,
    KEY_REVOKED,
    KEY_USED_ELSEWHERE,
    ROTATION_DUE,
    ALERT_OPENED,
    ALERT_ESCALATED,
    ALERT_CLOSED,
    ENDPOINT_DISABLED,
    MONTHLY_REPORT,
    MEMBERSHIP_CHANGED,
    SIGN_IN_CHANGED,
    TOKEN_EXPIRES,
    INVITATION,
    TENANT_INVITATION,
    PASSWORD_RESET,
)
BY_KEY = {kind.key: kind for kind in (*KINDS, ACCESS_KEY_MAIL, WEBHOOK_TEST)}
FOR_LEAVERS = tuple(kind.key for kind in KINDS if kind.reaches_leavers)
CHOSEN = tuple(kind for kind in KINDS if not kind.is_security)

Link = Callable[[Any], str]  # of a row
Ended = Callable[[Any], Message | None]
Ciphertext = Callable[[Any], str]
Accepted = Callable[[Any], None]
_LINKS: dict[str, Link] = {}
_ENDED: dict[str, Ended] = {}
_CIPHERTEXTS: dict[str, Ciphertext] = {}
_ACCEPTED: dict[str, Accepted] = {}


def register_link(kind: Kind, link: Link, *, ended: Ended | None = None) -> None:
    """Let a function write the link of a kind when its row is delivered, so that no token rests in a row.

    `ended` returns why the row's link opens nothing any more; then the row is cancelled. To be called from
    `AppConfig.ready`.
    """
    _LINKS[kind.key] = link
    if ended:
        _ENDED[kind.key] = ended


def register_ciphertext(kind: Kind, ciphertext: Ciphertext, *, ended: Ended, accepted: Accepted) -> None:
    """Let the mails of a kind be PGP/MIME around the armored message that a function returns for a row.

    `ended` returns why the row is not to be sent any more; then it is cancelled. `accepted` is called in the
    transaction that records the mail server's acceptance. To be called from `AppConfig.ready`.
    """
    _CIPHERTEXTS[kind.key], _ENDED[kind.key], _ACCEPTED[kind.key] = ciphertext, ended, accepted


def ciphertext_of(kind: Kind, row: Any) -> str:
    """Return the armored message that a row's mail contains, or "" for a kind whose mails are read as they are."""
    found = _CIPHERTEXTS.get(kind.key)
    return found(row) if found else ""


def note_accepted(kind: Kind, row: Any) -> None:
    """Report that the mail server accepted a row's mail, where the app of its kind keeps that."""
    if found := _ACCEPTED.get(kind.key):
        found(row)


def link_of(kind: Kind) -> Link | None:
    """Return the function that writes the link of a kind, or None where the row has its path."""
    return _LINKS.get(kind.key)


def ended(kind: Kind, row: Any) -> Message | None:
    """Return why the link of a row opens nothing any more, or None."""
    found = _ENDED.get(kind.key)
    return found(row) if found else None
