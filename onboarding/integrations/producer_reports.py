"""What the vendor's sender reports: that a role works as it must, and with which producer it sends now.

AWS shows neither to Sluice: only the vendor's own principal can assume the role, and CloudWatch does not say who put a
record. So these are the vendor's words, kept with the token that gave them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models.functions import Now

from onboarding.integrations import producer_moves
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import CredentialState, ProducerRoleState
from onboarding.row_locks import lock_integration
from onboarding.service_guards import record
from portal import deadlocks
from portal.aws.sts import Outcome
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import ApiToken

MOST_CHARACTERS = 500  # of AWS's message
_WITHDRAWN = Message("producer_role.withdrawn")


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record that the vendor's sender put: where it is in the stream."""

    shard_id: str
    sequence_number: str


@dataclass(frozen=True, slots=True)
class RoleReport:
    """The three attempts to assume a role, with the right external ID, a wrong one and none, and a record put with it.

    `is_in_use` says that the sender sends with the role from now on; `detail` is AWS's own message.
    """

    right: Outcome
    wrong: Outcome
    missing: Outcome
    sent: SentRecord | None = None
    is_in_use: bool = False
    detail: str = ""

    @property
    def works(self) -> bool:
        """Return whether the role can be assumed with its external ID, with that alone, and puts records."""
        outcomes = (self.right, self.wrong, self.missing)
        return outcomes == (Outcome.ALLOWED, Outcome.REFUSED, Outcome.REFUSED) and self.sent is not None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**asdict(self), "detail": self.detail[:MOST_CHARACTERS]}


def report_role(*, role: ProducerRole, report: RoleReport, token: ApiToken) -> ProducerRole:
    """Keep a report on a role: it is ready once it works, in use once the sender says so. Return it as it is then.

    Raises ValidationError for a role that was removed or replaced, and for one that is in use and does not work.
    """
    if report.is_in_use and not report.works:
        raise validation_error(Message("producer_role.in_use_without_working"))
    kept = _keep(role.pk, report, token)
    producer_moves.finish(kept.integration, actor=token.person)
    return kept


@deadlocks.atomic
def _keep(role_id: int, report: RoleReport, token: ApiToken) -> ProducerRole:
    integration = lock_integration(ProducerRole.objects.values_list("integration_id", flat=True).get(pk=role_id))
    role = ProducerRole.objects.get(pk=role_id)
    role.integration = integration
    if role.state == ProducerRoleState.RETIRED:
        raise validation_error(_WITHDRAWN)
    role.report, role.reported_by, role.token = report.as_dict(), str(token.person), token
    role.reported_at = Now()
    _judge(role, report)
    role.save()
    role.refresh_from_db()
    details = {"token": token.name, "integration": integration.uid, "state": role.state, **report.as_dict()}
    record("producer-role:reported", integration.tenant, token.person, str(role), about=integration, **details)
    return role


def _judge(role: ProducerRole, report: RoleReport) -> None:
    if not report.works:
        role.state, role.ready_at, role.in_use_at = ProducerRoleState.WAITING, None, None
        return
    role.ready_at = role.ready_at or Now()
    if report.is_in_use:
        role.state, role.in_use_at, role.left_at = ProducerRoleState.IN_USE, role.in_use_at or Now(), None
    elif role.state == ProducerRoleState.WAITING:
        role.state = ProducerRoleState.READY


def report_key_in_use(*, credential: Credential, sent: SentRecord, token: ApiToken) -> None:
    """Note that the vendor's sender sends with an access key now. Raises ValidationError for one that was withdrawn."""
    integration = _use_key(credential.pk, sent, token)
    producer_moves.finish(integration, actor=token.person)


@deadlocks.atomic
def _use_key(credential_id: int, sent: SentRecord, token: ApiToken) -> Integration:
    integration = lock_integration(Credential.objects.values_list("integration_id", flat=True).get(pk=credential_id))
    credential = Credential.objects.get(pk=credential_id)
    if credential.state not in {CredentialState.READY, CredentialState.IN_USE}:
        raise validation_error(Message("credential.not_downloadable"))
    credential.state = CredentialState.IN_USE
    credential.save(update_fields=["state"])
    for role in integration.producer_roles.exclude(state=ProducerRoleState.RETIRED):
        role.left_at, role.in_use_at = Now(), None
        if role.state == ProducerRoleState.IN_USE:
            role.state = ProducerRoleState.READY
        role.save(update_fields=["state", "left_at", "in_use_at"])
    details = {"token": token.name, "integration": integration.uid, **asdict(sent)}
    target = credential.access_key_id or credential.user_name
    record("credential:in-use", integration.tenant, token.person, target, about=credential, **details)
    return integration
