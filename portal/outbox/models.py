"""What is said to people: a row for each event, channel and recipient; each attempt to deliver it; their choices."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import text_of
from portal.messages.fields import MessageField
from portal.messages.message import Message
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.identifiers import new_uid
from portal.outbox.kinds import BY_KEY, Kind

__all__ = ["Attempt", "Channel", "NotificationChoice", "OutboxItem", "OutboxState", "WebhookEndpoint"]


class Channel(models.TextChoices):
    """How something is said."""

    MAIL = "mail", _("Mail")
    BELL = "bell", _("Bell")
    WEBHOOK = "webhook", _("Webhook")


PERSONAL = (Channel.MAIL, Channel.BELL)  # those that a person chooses


class OutboxState(models.TextChoices):
    """How far a row is."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class OutboxItem(models.Model):
    """One event for one recipient by one channel, written in the transaction of the event.

    A worker delivers it; rows for the bell are delivered when they are written.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    kind = models.CharField(max_length=40)
    event = models.CharField(max_length=120, help_text="What happened, once for each kind.")
    channel = models.CharField(max_length=7, choices=Channel.choices)
    tenant = models.ForeignKey("tenancy.Tenant", null=True, on_delete=models.PROTECT, related_name="outbox_items")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="outbox_items"
    )
    endpoint = models.ForeignKey(WebhookEndpoint, null=True, on_delete=models.PROTECT, related_name="items")
    address = models.EmailField(
        blank=True, db_default="", default="", help_text="Where mail goes that is for no account."
    )
    link = models.ForeignKey(
        "tenancy.ExpiringLink", null=True, on_delete=models.CASCADE, related_name="outbox_items"
    )  # its token is written into the mail at delivery, and is in no row
    message = MessageField(help_text="What is said, as a code.")
    path = models.CharField(max_length=300, blank=True, help_text="The page that the event is about.")
    state = models.CharField(max_length=9, choices=OutboxState.choices, default=OutboxState.WAITING)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now(), help_text="Earliest next attempt.")
    lease_until = models.DateTimeField(null=True, editable=False)
    fence = models.PositiveIntegerField(default=0, editable=False)
    attempt_count = models.PositiveSmallIntegerField(default=0, help_text="Since it was written or redelivered.")
    finished_at = models.DateTimeField(null=True, help_text="When it was delivered, failed or cancelled.")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "event", "channel", "recipient"], name="outbox_once_per_event"),
            models.UniqueConstraint(fields=["kind", "event", "endpoint"], name="outbox_once_per_endpoint"),
            models.UniqueConstraint(
                fields=["kind", "event", "address"], condition=~models.Q(address=""), name="outbox_once_per_address"
            ),
            models.CheckConstraint(
                condition=models.Q(channel="webhook", endpoint__isnull=False, recipient__isnull=True, address="")
                | models.Q(endpoint__isnull=True, recipient__isnull=False, address="")
                | (models.Q(channel="mail", endpoint__isnull=True, recipient__isnull=True) & ~models.Q(address="")),
                name="outbox_has_one_receiver",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="outbox_due"),
            models.Index(fields=["finished_at"], name="outbox_finished"),
            models.Index(fields=["recipient"], condition=models.Q(channel="bell", read_at=None), name="outbox_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} to {self.to}"

    @property
    def to(self) -> str:
        """Return the address of the person or of the mail, or that of the endpoint."""
        if self.recipient:
            return self.recipient.email
        return self.endpoint.place if self.endpoint else self.address

    @property
    def kind_of(self) -> Kind:
        """Return the kind; raises KeyError for one of another version."""
        return BY_KEY[self.kind]

    @property
    def body(self) -> Message:
        """Return the message, which every row has."""
        return self.message or Message("notification.no_text")

    @property
    def subject(self) -> str:
        """Return the subject in the reader's language, on one line."""
        kind = BY_KEY.get(self.kind)
        subject = text_of(kind.subject_of(self.body) if kind else self.body)
        return " ".join("".join(letter if letter.isprintable() else " " for letter in subject).split())


class Attempt(models.Model):
    """One attempt to deliver a row, and the answer. Without an end, its worker was ended during it."""

    item = models.ForeignKey(OutboxItem, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(help_text="Counts all attempts of the row.")
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(default=False)
    answer = MessageField(help_text="What the receiving side answered.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="outbox_attempt_once")]

    def __str__(self) -> str:
        return f"Attempt {self.number}"


class NotificationChoice(models.Model):
    """By which channel a person does not want a kind of event; of an opt-in kind, by which they do."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="switched_off")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=7, choices=Channel.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="notification_choice_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} by {self.channel}"
