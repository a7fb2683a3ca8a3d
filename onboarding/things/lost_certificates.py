"""Certificates whose answer was lost: found by their public keys, and adopted or listed for their deletion.

Only certificates that were created since the first intent are looked at, and of those only the ones that no thing is
known to have. One with a public key that Sluice did not create is someone else's, and is not touched.
"""

from datetime import timedelta

from django.db.models.functions import Now

from onboarding.credentials.new_device_key import fingerprint_of_certificate
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing
from onboarding.things import unused_certificates
from onboarding.things.creation import keep_certificate
from onboarding.things.turn import Turn
from portal.aws import iot_certificates

# How far AWS's clock and PostgreSQL's may differ, and how long AWS may take to list a new certificate.
CLOCK_SKEW = timedelta(minutes=1)
LISTED_WITHIN = timedelta(seconds=10)


def unresolved(turn: Turn) -> list[Thing]:
    """Return the things whose certificate was requested and whose answer is not known."""
    rows = Thing.objects.filter(integration=turn.integration, state=ThingState.SEALED)
    return list(rows.exclude(certificate_intended_at=None))


def may_not_be_listed_yet(turn: Turn) -> bool:
    """Return whether AWS may still list a certificate that was requested a moment ago, also of a removed thing."""
    rows = Thing.objects.filter(integration=turn.integration, certificate_id="")
    return rows.filter(certificate_intended_at__gt=Now() - LISTED_WITHIN).exists()


def search(turn: Turn) -> None:
    """Give each lost certificate to its thing, and list every further one of its key for deletion. Raises AwsFault."""
    since = turn.work().search_from
    if since is None:
        return
    found = list(iot_certificates.newest_certificates(turn.aws, since - CLOCK_SKEW))
    known = set(Thing.objects.filter(certificate_id__in=found).values_list("certificate_id", flat=True))
    known |= set(turn.integration.unused_certificates.values_list("certificate_id", flat=True))
    for certificate_id in found:
        if certificate_id not in known:
            turn.claim.renew()
            _resolve(turn, certificate_id)
    with turn.committing():
        unknown = Thing.objects.filter(integration=turn.integration, state=ThingState.SEALED)
        unknown.update(certificate_intended_at=None)
        turn.claim.rows.update(search_from=None)


def _resolve(turn: Turn, certificate_id: str) -> None:
    certificate = iot_certificates.describe_certificate(turn.aws, certificate_id)
    if certificate is None:
        return
    public_key = fingerprint_of_certificate(certificate.pem)
    thing = Thing.objects.filter(integration=turn.integration, public_key=public_key).first()
    if thing is None:
        return
    if thing.state == ThingState.SEALED:
        with turn.committing():
            # A worker that lost its claim may have listed it for its deletion meanwhile.
            if not turn.integration.unused_certificates.filter(certificate_id=certificate_id).exists():
                keep_certificate(turn, thing, certificate)
    else:
        unused_certificates.note(turn, certificate_id, thing.name)
