"""What both halves of the ledger share: the fence, and the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from onboarding.models.integration import Integration
from onboarding.provisioning.claims import Claim
from portal.tenancy import audit


class FencedRows:
    """The rows of an integration, written only while this worker owns the run."""

    def __init__(self, claim: Claim, integration: Integration) -> None:
        self._claim = claim
        self._integration = integration

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        with transaction.atomic():
            self._claim.hold()
            yield

    def _record(self, action: str, target: str, details: dict[str, object]) -> None:
        audit.record(
            action,
            tenant=self._integration.tenant,
            actor="provisioning",
            target=target,
            about=self._integration,
            details={"integration": self._integration.uid, **details},
        )
