"""What a tenant's admins decide about their records: the fields that staff see, and the rights that they withhold."""

from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now

from monitoring.record_access_model import RecordAccess
from monitoring.records.access_changes import report_change
from monitoring.records.field_paths import LONGEST_TEXT, PathRejected, paths_in
from portal import deadlocks
from portal.messages.errors import field_error
from portal.messages.message import Message
from portal.tenancy import audit, services
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import entry, withholdable


def stored_access(tenant: Tenant) -> RecordAccess:
    """Return what is stored, or what holds where nothing is: everything is masked."""
    return RecordAccess.objects.filter(tenant=tenant).first() or RecordAccess(tenant=tenant)


@deadlocks.atomic
def allow_fields(*, tenant: Tenant, text: str, shows_partition_key: bool, actor: User) -> RecordAccess:
    """Let staff see the fields of a text with a path on each line, and no others; raises ValidationError at `paths`."""
    paths = _paths(text)
    services.lock_tenant(tenant.pk)
    before = stored_access(tenant)
    if (before.fields, before.shows_partition_key) == (paths, shows_partition_key):
        return before
    decided = {"fields": paths, "shows_partition_key": shows_partition_key, "changed_by": actor.email}
    row, _is_new = RecordAccess.objects.update_or_create(tenant=tenant, defaults={**decided, "changed_at": Now()})
    details: dict[str, object] = {
        "allowed": sorted(set(paths) - set(before.fields)),
        "masked": sorted(set(before.fields) - set(paths)),
        "partition_key": "shown" if shows_partition_key else "masked",
    }
    audit.record("monitoring:allowed-fields:changed", tenant=tenant, actor=actor, target=tenant.name, details=details)
    transaction.on_commit(lambda: report_change(tenant.slug))
    return row


@deadlocks.atomic
def withhold_rights(*, tenant: Tenant, withheld: Collection[str], actor: User) -> Tenant:
    """Withhold these rights, as `rights.entry`, and no others; what cannot be withheld is left out."""
    possible = {entry(role, right) for right, role in withholdable()}
    services.lock_tenant(tenant.pk)
    locked = Tenant.objects.get(pk=tenant.pk)
    wanted = sorted(possible & set(withheld))
    if wanted == locked.withheld_rights:
        return locked
    details: dict[str, object] = {"withheld": wanted, "before": locked.withheld_rights}
    Tenant.objects.filter(pk=tenant.pk).update(withheld_rights=wanted)
    audit.record("monitoring:withheld-rights:changed", tenant=tenant, actor=actor, target=tenant.name, details=details)
    locked.withheld_rights = wanted
    return locked


def _paths(text: str) -> list[str]:
    if len(text) > LONGEST_TEXT:
        raise field_error("paths", Message("record_access.text_too_long", limit=LONGEST_TEXT))
    try:
        return paths_in(text)
    except PathRejected as rejected:
        raise field_error("paths", rejected.message) from rejected
