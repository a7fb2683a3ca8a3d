"""The stages of a revocation, each a turn that a worker can repeat after any crash.

1. requested: the key is deactivated, and every policy is taken from its user, which ends sessions made with the key.
2. inactive: the user is deleted with the key, unless it has access keys that Sluice did not create.
3. deleted: AWS is asked to refuse a PutRecord with the key (`refused_put`), and its answer is kept.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from onboarding.models.revocation import Revocation
from onboarding.models.states import RevocationState
from onboarding.rotations import trail, user_keys
from onboarding.rotations.refused_put import refusal_of
from onboarding.rotations.turn import Turn, note_user_deleted
from onboarding.row_locks import lock_integration
from portal import deadlocks
from portal.messages.message import Message

NOW = timedelta(0)
FOREIGN_POLL = timedelta(minutes=10)
PROOF_POLL = timedelta(seconds=5)
RevocationTurn = Turn[Revocation]


def make_inactive(turn: RevocationTurn) -> None:
    """Make the key inactive first, then take the user's policies away."""
    credential = turn.work.credential
    user_keys.set_status(turn.aws, credential, user_keys.INACTIVE)
    user_keys.take_permissions(turn.aws, credential)
    _note(turn, RevocationState.INACTIVE, "inactive", inactive_at=turn.claim.clock.now())


def delete_user(turn: RevocationTurn) -> None:
    """Delete the user with the key; one with keys that Sluice did not create waits for a person."""
    credential = turn.work.credential
    if foreign := user_keys.delete(turn.aws, credential, agreed=turn.work.agreed_keys):
        problem = Message("rotation.foreign_keys", user=credential.user_name, keys=foreign)
        return turn.claim.release(after=FOREIGN_POLL, problem=problem, foreign_keys=foreign)
    return _note(turn, RevocationState.DELETED, "deleted", deleted_at=turn.claim.clock.now())


def prove(turn: RevocationTurn) -> None:
    """Ask AWS for its answer to the key; only the one that says that it knows no such key proves the revocation."""
    refusal = refusal_of(turn.work.credential)
    if turn.work.is_compromised and turn.work.events_read_at is None:
        trail.read(turn)
    if refusal is None:
        return turn.claim.release(after=PROOF_POLL, problem=Message("revocation.still_known"))
    return _note(turn, RevocationState.PROVED, "rejected", refused_at=turn.claim.clock.now(), refusal=refusal)


@deadlocks.atomic
def _note(turn: RevocationTurn, state: RevocationState, action: str, **fields: Any) -> None:
    lock_integration(turn.integration.pk)
    turn.claim.release(after=NOW, state=state, **fields)
    if state is RevocationState.DELETED:
        note_user_deleted(turn.work.credential)
    turn.record(action, turn.work.credential)


STAGES: dict[RevocationState, Callable[[RevocationTurn], None]] = {
    RevocationState.REQUESTED: make_inactive,
    RevocationState.INACTIVE: delete_user,
    RevocationState.DELETED: prove,
}
