"""Which fields of a tenant's records the vendor's staff see. Without a row, and where in doubt: none."""

from monitoring.record_access_model import RecordAccess
from monitoring.records.field_paths import PARTITION_KEY


def allowed_fields(tenant_id: int) -> frozenset[str]:
    """Return the paths that `contents_of` takes; needs the tenant's scope, without which there are none."""
    row = RecordAccess.objects.filter(tenant_id=tenant_id).first()
    if row is None:
        return frozenset()
    return frozenset(map(str, row.fields)) | ({PARTITION_KEY} if row.shows_partition_key else frozenset())
