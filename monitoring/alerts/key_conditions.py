"""What is known of a tenant's keys: how old the access key of each stream is, and when OpenPGP keys expire."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitoring.alert_models import AlertKind
from monitoring.alerts.account_conditions import PATIENCE
from monitoring.alerts.alert_rows import MOST_STREAMS
from monitoring.alerts.observation import Measured, Observation, stream_cause
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState

_DAY = 86400
_USABLE = (CredentialState.READY, CredentialState.IN_USE)


def observe_access_keys(streams: Iterable[Integration], *, now: datetime) -> list[Observation]:
    """Return the age of each stream's oldest access key in days; 0 where there is none."""
    rows = list(streams)
    usable = Credential.objects.filter(integration__in=rows, state__in=_USABLE).order_by("-created_at")
    oldest = dict(usable.values_list("integration_id", "created_at"))
    return [
        Observation(
            cause=stream_cause(row.uid),
            name=row.stream_name,
            at=now,
            measured=Measured(AlertKind.KEY_OLD, _days(now - oldest[row.pk]) if row.pk in oldest else 0),
            stream_ids=(row.pk,),
            stream_count=1,
            patience=PATIENCE,
        )
        for row in rows
    ]


def observe_openpgp_keys(tenant_id: int, streams: Iterable[Integration], *, now: datetime) -> list[Observation]:
    """Return in how many days each OpenPGP key expires to which access keys of these streams are encrypted."""
    rows = {row.pk for row in streams}
    keys = PgpKey.objects.confirmed().filter(tenant_id=tenant_id, expires_at__isnull=False)
    found = []
    for key in keys.prefetch_related("integrations"):
        used_by = sorted(row.pk for row in key.integrations.all() if row.pk in rows)
        if used_by and key.expires_at is not None:
            measured = Measured(AlertKind.CERTIFICATE_EXPIRING, max(0.0, _days(key.expires_at - now)))
            ids, cause = tuple(used_by[:MOST_STREAMS]), f"pgp-key-{key.uid}"
            found.append(Observation(cause, key.title, now, measured, ids, len(used_by), PATIENCE))
    return found


def _days(time: timedelta) -> float:
    return time.total_seconds() / _DAY
