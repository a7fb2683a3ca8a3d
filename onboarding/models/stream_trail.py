"""What CloudTrail recorded of a stream: the last answer, and the request for it."""

from django.db import models

from onboarding.models.integration import Integration
from onboarding.models.requested_check import RequestedCheck


class StreamTrail(RequestedCheck):
    """Changes of an integration's stream and denied calls about it, as CloudTrail had them at `read_at`.

    `covers_since` is from when on they are known. A failed request leaves them.
    """

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="stream_trail")
    events = models.JSONField(default=list, help_text="Newest first.")
    read_at = models.DateTimeField(null=True, help_text="When CloudTrail was last read; the answer is as old.")
    covers_since = models.DateTimeField(null=True, help_text="From when on events are known.")

    def __str__(self) -> str:
        return f"CloudTrail of {self.integration}"
