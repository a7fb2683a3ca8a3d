"""Who is signed in where, who asked for an account, and where the people of a tenant sign on."""

from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from portal.secret_store.field import EncryptedField
from portal.tenancy.models import Tenant, User


class SignedIn(models.Model):
    """A session of a person; it ends with the row of the session."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="signed_in")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signed_in")
    signed_in_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-signed_in_at"]

    def __str__(self) -> str:
        return f"{self.user} from {self.address}"


class SignUpRequest(models.Model):
    """A person who asked for an account; nothing else exists of them until support approves."""

    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=254, blank=True, editable=False)
    is_approved = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email


class IdentityProvider(models.Model):
    """Where the people of a tenant sign on: the `uid` is in the address, and cannot be guessed."""

    uid = models.CharField(max_length=40, unique=True, editable=False)
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="identity_provider")
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedField(bound_to="uid")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.issuer


class Identity(models.Model):
    """A person at an issuer: the subject is unique there. A mail address of the issuer is not stored."""

    issuer = models.URLField(max_length=300)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"
