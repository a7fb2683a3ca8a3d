"""Who is signed in where, and who asked for an account. Both belong to people, not to tenants."""

from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from portal.tenancy.models import User


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
