"""Who can open what is encrypted to an OpenPGP key: challenges, and the proof that one of them was answered."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Now

from onboarding.models.credential import SealedCopy
from onboarding.models.identifiers import new_uid
from onboarding.models.pgp_key import PgpKey
from portal.tenancy.models import Tenant

MOST_WRONG_ANSWERS = 5


class PossessionChallenge(models.Model):
    """A code that was encrypted to a key. Of the code only a keyed hash is stored."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    pgp_key = models.ForeignKey(PgpKey, on_delete=models.CASCADE, related_name="challenges")
    key_id = models.CharField(max_length=16, help_text="The encryption subkey that opens it.")
    ciphertext = models.TextField()
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=254)
    expires_at = models.DateTimeField()
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, help_text="When it was answered, replaced, or tried too often.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["pgp_key"], condition=models.Q(ended_at=None), name="challenge_live_once"),
        ]

    def __str__(self) -> str:
        return f"Challenge for {self.pgp_key}"

    @property
    def tries_left(self) -> int:
        """Return how many more codes may be typed."""
        return MOST_WRONG_ANSWERS - self.wrong_answers


class PossessionProof(models.Model):
    """That someone opened a message for this certificate and subkey, or that support excuses it from that."""

    pgp_key = models.ForeignKey(PgpKey, on_delete=models.CASCADE, related_name="proofs")
    key_id = models.CharField(max_length=16, help_text="The encryption subkey that it holds for.")
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=254)
    excuse = models.CharField(max_length=300, blank=True, help_text="Why no proof is required; empty for a proof.")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["pgp_key", "key_id"], name="possession_once_for_subkey")]

    def __str__(self) -> str:
        return f"{'Excuse' if self.excuse else 'Proof'} for {self.pgp_key}"


@dataclass(frozen=True, slots=True)
class Possession:
    """What is known of a key's possession: the proof, or the challenge that waits for its answer."""

    proof: PossessionProof | None = None
    challenge: PossessionChallenge | None = None


def proved_copies(tenant: Tenant, copies: Collection[SealedCopy]) -> set[str]:
    """Return the copies, by uid, for whose subkey someone proved possession, or for the one that their key has now."""
    rows = PossessionProof.objects.filter(pgp_key__tenant=tenant)
    proofs = rows.filter(pgp_key__fingerprint__in={copy.fingerprint for copy in copies}).select_related("pgp_key")
    by_subkey, by_key = set(), set()
    for proof in proofs:
        by_subkey.add((proof.pgp_key.fingerprint, proof.key_id))
        if proof.key_id == proof.pgp_key.encryption_key_id:
            by_key.add(proof.pgp_key.fingerprint)
    return {copy.uid for copy in copies if copy.fingerprint in by_key or (copy.fingerprint, copy.key_id) in by_subkey}
