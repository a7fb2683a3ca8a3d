"""Tenants, their people, and the record of what was done."""

from typing import ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.token_model import ApiToken

__all__ = [
    "ApiToken",
    "AuditEvent",
    "AuditLink",
    "ExpiringLink",
    "LinkPurpose",
    "Membership",
    "StaffRole",
    "Tenant",
    "TenantRole",
    "User",
    "UserManager",
]


class Tenant(models.Model):
    """One client organisation."""

    slug = models.SlugField(
        unique=True,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9-]{1,39}$", _("Use lowercase letters, digits and hyphens. Start with a letter.")
            )
        ],
        help_text="Part of the URL of every page of this tenant. Cannot be changed later.",
    )
    name = models.CharField(max_length=120)
    is_suspended = models.BooleanField(
        default=False, help_text="A suspended tenant keeps its data and has read-only access."
    )
    requires_second_factor = models.BooleanField(
        db_default=False,
        default=False,
        editable=False,
        help_text="Its people see its pages only after a second factor.",
    )
    withheld_rights = models.JSONField(
        db_default=[],
        default=list,
        editable=False,
        help_text="Rights that its admins withhold from roles, as role:right (rights.py says which can be withheld).",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StaffRole(models.TextChoices):
    """What a member of the vendor's staff is for."""

    NONE = "", "Not staff"
    SUPPORT = "support", _("Support")
    OPERATOR = "operator", _("Operator")


class UserManager(BaseUserManager["User"]):
    """Makes people whose e-mail address is their name."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a person; the address is stored in lower case."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a member of staff who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]  # the e-mail address is the name
    first_name = None  # type: ignore[assignment]  # one field for a name suits every culture
    last_name = None  # type: ignore[assignment]  # as above
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120, blank=True)
    staff_role = models.CharField(max_length=10, choices=StaffRole.choices, default=StaffRole.NONE, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # AbstractUser's own asks for a username

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Return the name to show, or the address."""
        return self.full_name or self.email

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return self.get_full_name().split(" ")[0]

    @property
    def initials(self) -> str:
        """Return one or two letters that stand for the person."""
        parts = self.get_full_name().split("@")[0].replace(".", " ").split()
        return "".join(part[0] for part in parts[:2]).upper()


class TenantRole(models.TextChoices):
    """What a person may do in a tenant."""

    ADMIN = "admin", _("Admin")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    """A person's place in a tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=TenantRole.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False, help_text="To the hour.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.tenant}"


class LinkPurpose(models.TextChoices):
    """What a link is for; it opens nothing else."""

    INVITATION = "invitation", _("Invitation")
    AWS_ADMINISTRATOR = "aws-administrator", _("AWS administrator")
    SHARE = "share", _("Reader of a shared stream")


class ExpiringLink(models.Model):
    """A link for one purpose that works once, until a time; of its token only the hash is kept."""

    number = models.CharField(max_length=32, unique=True, editable=False, help_text="Random, and not secret.")

    purpose = models.CharField(max_length=20, choices=LinkPurpose.choices)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    for_email = models.EmailField(blank=True, help_text="The only person who may use it; empty: whoever has it.")
    details = models.JSONField(default=dict, help_text="What using it does, such as the role that is given.")
    created_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, editable=False, help_text="The first time.")
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["tenant", "purpose"], name="link_of_tenant")]

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.tenant_id}"


class AuditEvent(models.Model):
    """One thing that someone did. Rows are added and never changed: PostgreSQL refuses it (migration 0002)."""

    at = models.DateTimeField(db_default=Now(), db_index=True, editable=False)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT, related_name="audit_events")
    actor = models.CharField(
        max_length=254, help_text="The person's email address, or the component of Sluice that acted."
    )
    action = models.CharField(max_length=60, help_text="source:subject:action, such as portal:connection:verified")
    target = models.CharField(max_length=200, blank=True, help_text="The object's name.")
    object_type = models.CharField(max_length=30, blank=True, db_default="")
    object_id = models.CharField(max_length=40, blank=True, db_default="")
    reason = models.CharField(max_length=300, blank=True, db_default="", help_text="Why, if the person was asked.")
    address = models.CharField(
        max_length=45, blank=True, db_default="", help_text="The IP address that the request came from."
    )
    request_id = models.CharField(max_length=32, blank=True, db_default="")
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["tenant", "-at", "-id"], name="audit_of_tenant_newest_first"),
            models.Index(fields=["tenant", "object_id", "-at", "-id"], name="audit_of_object_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()


class AuditLink(models.Model):
    """An audit event's place in its chain. PostgreSQL adds the row when the event is committed.

    It has no foreign key, and so no rule of its tenant's rows: it contains nothing of a tenant but a count.
    """

    event = models.OneToOneField(
        AuditEvent, primary_key=True, db_constraint=False, on_delete=models.DO_NOTHING, related_name="link"
    )
    chain = models.BigIntegerField(help_text="The tenant's ID, or 0 for acts without a tenant.")
    position = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_link_once_in_chain")]

    def __str__(self) -> str:
        return f"{self.chain}:{self.position}:{self.hash}"
