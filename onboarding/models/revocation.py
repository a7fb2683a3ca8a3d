"""Revocations: an access key is made unusable at once, deleted, and its rejection by AWS recorded."""

from django.db import models

from onboarding.models.claimed_work import ClaimedWork
from onboarding.models.credential import Credential
from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.states import RevocationState
from portal.messages.fields import MessageField

OPEN_REVOCATIONS = (RevocationState.REQUESTED, RevocationState.INACTIVE, RevocationState.DELETED)


class Revocation(ClaimedWork):
    """The end of one access key: inactive, without policies, deleted, rejected."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="revocations")
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="revocation")
    state = models.CharField(max_length=10, choices=RevocationState.choices, default=RevocationState.REQUESTED)
    is_compromised = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    requested_by = models.CharField(max_length=254)
    inactive_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True, help_text="When AWS rejected a PutRecord with the key.")
    refusal = MessageField(help_text="Answer of AWS to that PutRecord.")
    reported_at = models.DateTimeField(null=True, help_text="When the vendor's sender reported a rejected PutRecord.")
    reported_by = models.CharField(max_length=254, blank=True)
    foreign_keys = models.JSONField(default=list, help_text="Access keys on the user that Sluice did not create.")
    agreed_keys = models.JSONField(default=list, help_text="Those of them that a person agreed to delete.")
    events = models.JSONField(default=list, help_text="What CloudTrail recorded of the key, newest first.")
    events_read_at = models.DateTimeField(null=True)
    events_failed_at = models.DateTimeField(null=True, help_text="When CloudTrail was not read.")
    events_problem = MessageField(help_text="Why CloudTrail was not read.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.credential} {self.state}"

    @property
    def status(self) -> RevocationState:
        """Return the state with its label and look."""
        return RevocationState(self.state)
