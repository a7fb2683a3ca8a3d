"""What the wizard checks in AWS, as a worker: an existing stream, an existing bucket."""

from onboarding.connections import sessions
from onboarding.drafts.codec import Page
from onboarding.integrations import existing_stream
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ResourceState
from onboarding.spec import integration_spec as specs
from onboarding.spec.endpoint import FIPS
from portal.aws import s3
from portal.aws.endpoints import has_fips
from portal.aws.policies.session_policies import SessionScope
from portal.aws.s3 import BucketState
from portal.messages.message import Message


def stream_found(integration: Integration, values: Page) -> ExistingStream | None:
    """Return the stream of this name in the account, where there is one that the integration does not know.

    Raises AwsFault.
    """
    connection = chosen_connection(integration)
    name, region = str(values.get("name", "")), str(values.get("region", ""))
    if connection is None or not name or not region or is_known(integration, "data stream", name):
        return None
    return existing_stream.find_stream(integration, connection, name, region, fips=values.get("endpoint") == FIPS)


def bucket_conflict(integration: Integration, values: Page) -> Message | None:
    """Return why this bucket cannot serve, or None. Raises AwsFault."""
    connection = chosen_connection(integration)
    stream = integration.draft.get("stream", {})
    bucket, region = str(values.get("bucket", "")), str(stream.get("region", ""))
    if connection is None or values.get("kind") == "none" or not bucket or not region:
        return None
    fips = stream.get("endpoint") == FIPS and has_fips("s3", region)
    aws = sessions.session_for(connection, region, f"look-{integration.uid}", SessionScope.SETTINGS, fips=fips)
    state = s3.bucket_state(aws, bucket)
    is_existing = values.get("bucket_mode") == "existing"
    if state is BucketState.NO_ACCESS:
        return _no_access(bucket, is_known=is_existing or is_known(integration, "S3 bucket", bucket))
    if is_existing:
        return _existing_conflict(aws.account_id or connection.account_id, state, bucket) or _region_conflict(
            s3.bucket_region(aws, bucket), region, bucket
        )
    if state is BucketState.ABSENT or is_known(integration, "S3 bucket", bucket):
        return None
    if integration.is_self_managed and bucket in specs.from_row(integration.spec).buckets:
        return None  # its owner made it from the plan
    return Message("wizard.bucket_exists", bucket=bucket)


def _no_access(bucket: str, *, is_known: bool) -> Message:
    """Return what a denial means: of a bucket that is said to be there it says nothing about the owner."""
    if is_known:
        return Message("wizard.bucket_not_accessible", bucket=bucket)
    return Message("wizard.bucket_taken", bucket=bucket)


def _existing_conflict(account_id: str, state: BucketState, bucket: str) -> Message | None:
    if state is BucketState.ABSENT:
        return Message("wizard.bucket_absent", bucket=bucket, account=account_id)
    return None


def _region_conflict(found: str, wanted: str, bucket: str) -> Message | None:
    if found != wanted:
        return Message("wizard.bucket_in_other_region", bucket=bucket, found=found, region=wanted)
    return None


def is_known(integration: Integration, kind: str, name: str) -> bool:
    """Tell whether the integration made something of this name, or adopted it."""
    rows = integration.resources.filter(kind=kind, name=name)
    return rows.exclude(state=ResourceState.REMOVED).exists()


def chosen_connection(integration: Integration) -> Connection | None:
    """Return the connection through which AWS can be asked, or None."""
    uid = integration.draft.get("connect", {}).get("connection", "")
    found = integration.tenant.connections.filter(uid=uid).first()
    return found if found is not None and found.has_grant else None
