"""Requests for an account: stored, and decided by support, who then gives the person a place and invites them."""

from django.utils import timezone

from portal import deadlocks
from portal.accounts.models import SignUpRequest
from portal.tenancy import audit, people
from portal.tenancy.models import User

MOST_WAITING = 1000  # beyond it nothing is stored, so that no one fills the table


@deadlocks.atomic
def request_account(*, email: str, full_name: str, organisation: str) -> None:
    """Store the request, once for each address; one of a person who has an account is dropped without a word."""
    email = email.strip().lower()
    waiting = SignUpRequest.objects.filter(decided_at=None)
    is_known = User.objects.filter(email=email).exists() or waiting.filter(email=email).exists()
    if not is_known and waiting.count() < MOST_WAITING:
        SignUpRequest.objects.create(email=email, full_name=full_name, organisation=organisation)


@deadlocks.atomic
def approve(request: SignUpRequest, *, actor: User) -> User:
    """Create the person, without any access: support adds them to a tenant. Raises ValidationError."""
    person = people.create_person(email=request.email, full_name=request.full_name, actor=actor)
    _decide(request, actor, is_approved=True)
    return person


@deadlocks.atomic
def decline(request: SignUpRequest, *, actor: User) -> None:
    """Decline the request; the person is not told."""
    _decide(request, actor, is_approved=False)


def _decide(request: SignUpRequest, actor: User, *, is_approved: bool) -> None:
    request.decided_at, request.decided_by, request.is_approved = timezone.now(), actor.email, is_approved
    request.save(update_fields=["decided_at", "decided_by", "is_approved"])
    verb = "approved" if is_approved else "declined"
    audit.record(f"accounts:sign-up:{verb}", tenant=None, actor=actor, target=request.email)
