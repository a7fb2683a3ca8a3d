"""Copies of access keys in the form in which they are mailed, and what became of the mail."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.credential import SealedCopy


class MailCopy(models.Model):
    """A recipient's copy as a PGP/MIME mail has it: a MIME entity in OpenPGP ciphertext, encrypted with the copy.

    There is one where the recipient had chosen mail when the key was created: later the secret is no longer known.
    """

    copy = models.OneToOneField(SealedCopy, on_delete=models.CASCADE, related_name="mail_copy")
    ciphertext = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    address = models.EmailField(
        blank=True, db_default="", default="", help_text="Where it was last queued to; empty for not yet."
    )
    accepted_at = models.DateTimeField(null=True, help_text="When the mail server accepted it.")

    class Meta:
        verbose_name_plural = "mail copies"

    def __str__(self) -> str:
        return f"Mail of {self.copy}"

    @property
    def event(self) -> str:
        """Return what names the mail in the outbox."""
        return f"copy-{self.copy.uid}"
