"""Things: the devices of an integration, with their certificates and the encrypted copies of their private keys."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from onboarding.models.claimed_work import ClaimedWork
from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from portal.messages.fields import MessageField


class DeviceWork(ClaimedWork):
    """What workers do about an integration's things: a row for each integration that has any."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="device_work")
    search_from = models.DateTimeField(
        null=True, help_text="Since when certificates may exist whose answer was lost; they are searched for."
    )

    endpoint = models.CharField(max_length=200, blank=True, help_text="Host to which the devices connect.")
    attempts = models.PositiveSmallIntegerField(
        db_default=0, default=0, help_text="How many turns in a row AWS or the connection stopped."
    )

    def __str__(self) -> str:
        return f"things of {self.integration}"


class Thing(models.Model):
    """A device: its name, attributes and certificate. Its private key is stored encrypted only, in its copies."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="things")
    name = models.CharField(max_length=128)
    attributes = models.JSONField(default=dict)
    recipients = models.JSONField(default=list, help_text="Fingerprints of the OpenPGP keys that get its private key.")
    state = models.CharField(max_length=10, choices=ThingState.choices, default=ThingState.REQUESTED)
    problem = MessageField(help_text="Why it could not be created or removed.")
    request = models.TextField(blank=True, help_text="The certificate request; public.")
    public_key = models.CharField(max_length=64, blank=True, help_text="SHA-256 of its public key.")
    certificate_intended_at = models.DateTimeField(
        null=True, help_text="Since when AWS may have created the certificate."
    )
    certificate_id = models.CharField(max_length=64, blank=True)
    certificate_arn = models.CharField(max_length=200, blank=True)
    certificate_pem = models.TextField(blank=True, help_text="The certificate; public.")
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0, help_text="How often its removal failed.")
    retry_at = models.DateTimeField(null=True, help_text="Earliest next try of its removal.")
    requested_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ready_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "name"],
                condition=~models.Q(state=ThingState.REMOVED),
                name="thing_name_once",
            )
        ]
        indexes = [models.Index(fields=["integration", "state"], name="thing_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> ThingState:
        """Return the state with its label and look."""
        return ThingState(self.state)


class ThingKeyCopy(models.Model):
    """One recipient's copy of a device's private key: OpenPGP ciphertext that only that recipient can open."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="copies")
    fingerprint = models.CharField(max_length=40)
    ciphertext = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["thing", "fingerprint"], name="thing_copy_once")]

    def __str__(self) -> str:
        return f"key of {self.thing} for {self.fingerprint[-16:]}"


class ThingDownload(models.Model):
    """A receipt: who downloaded the package of a device, when, and from where."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="downloads")
    actor = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True, help_text="The IP address.")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.actor} at {self.at:%Y-%m-%d %H:%M}"
