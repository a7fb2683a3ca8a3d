"""What AWS is asked while a page is filled in, and what a bucket's page says of the answer."""

from typing import Any

import pytest

from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import ConnectionState, IntegrationState, ResourceState
from onboarding.wizard import aws_checks
from portal.aws import kinesis, s3
from portal.aws.assumed_roles import assume_role_anew
from portal.aws.session import AwsSession
from portal.messages.catalogue import explanation_of
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration
from tests.onboarding.pages import ACCOUNT, draft, verified_connection
from tests.onboarding.provisioning.steps.account import Answers

pytestmark = pytest.mark.django_db
REGION, BUCKET, STREAM = "eu-west-1", "sluice-harbour-records", "sluice-harbour"
ON_PAGE = {"kind": "s3", "bucket_mode": "new", "bucket": BUCKET}
EXISTING = {**ON_PAGE, "bucket_mode": "existing"}


@pytest.fixture
def integration(aws: AwsSession) -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = verified_connection(tenant)
    return draft(tenant, connect={"connection": connection.uid}, stream={"name": STREAM, "region": REGION})


def client() -> AwsSession:
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess"
    return assume_role_anew(role_arn=role_arn, external_id=None, session_name="client", region=REGION)


def conflict(integration: Integration, values: dict[str, Any]) -> str:
    return explanation_of(aws_checks.bucket_conflict(integration, values))


def listed(integration: Integration, kind: str, name: str, state: ResourceState = ResourceState.PRESENT) -> None:
    Resource.objects.create(integration=integration, kind=kind, name=name, state=state)


def test_a_free_name_is_no_conflict(integration: Integration) -> None:
    assert conflict(integration, ON_PAGE) == ""


def test_a_bucket_of_the_account_is_to_be_used_as_existing(integration: Integration) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    assert "use it as an existing bucket" in conflict(integration, ON_PAGE)
    assert conflict(integration, EXISTING) == ""


@pytest.mark.parametrize(("state", "is_known"), [(ResourceState.PRESENT, True), (ResourceState.REMOVED, False)])
def test_a_bucket_that_the_integration_created_is_no_conflict(
    integration: Integration, state: ResourceState, is_known: bool
) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    listed(integration, "S3 bucket", BUCKET, state)
    assert (conflict(integration, ON_PAGE) == "") is is_known


def test_a_bucket_that_its_owner_created_from_the_plan_is_no_conflict(integration: Integration) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    live = live_integration(integration.tenant, "sluice-other")
    planned, integration.connection = live.spec, live.connection
    planned["deliveries"][0]["bucket"] = BUCKET
    integration.spec, integration.state = planned, IntegrationState.SELF_MANAGED
    integration.save()
    assert conflict(integration, ON_PAGE) == ""
    planned["deliveries"][0]["bucket"] = "sluice-another"
    assert "You already have a bucket" in conflict(integration, ON_PAGE)


def test_a_bucket_of_another_account_is_explained_by_what_is_known(integration: Integration, answers: Answers) -> None:
    answers.refuse("HeadBucket", "403")
    assert "is already in use" in conflict(integration, ON_PAGE)
    assert "no access to bucket" in conflict(integration, EXISTING)
    listed(integration, "S3 bucket", BUCKET)
    assert "no access to bucket" in conflict(integration, ON_PAGE)


def test_an_existing_bucket_must_exist_in_the_streams_region(integration: Integration) -> None:
    assert f"does not exist in account {ACCOUNT}" in conflict(integration, EXISTING)
    s3.create_bucket(client(), BUCKET, "eu-central-1")
    assert "is in eu-central-1; the stream is in eu-west-1" in conflict(integration, EXISTING)


@pytest.mark.parametrize("values", [{**ON_PAGE, "kind": "none"}, {**ON_PAGE, "bucket": ""}])
def test_without_a_bucket_aws_is_not_asked(integration: Integration, values: dict[str, Any]) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    assert aws_checks.bucket_conflict(integration, values) is None


@pytest.mark.parametrize("lacking", ["connection", "region", "grant"])
def test_what_cannot_be_asked_is_no_conflict(integration: Integration, lacking: str) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    if lacking == "connection":
        integration.draft["connect"] = {}
    elif lacking == "region":
        integration.draft["stream"] = {}
    else:
        integration.tenant.connections.update(state=ConnectionState.NO_ACCESS)
    assert aws_checks.bucket_conflict(integration, ON_PAGE) is None


def test_where_s3_has_no_fips_endpoint_the_usual_one_is_asked(integration: Integration) -> None:
    s3.create_bucket(client(), BUCKET, REGION)
    integration.draft["stream"]["endpoint"] = "fips"
    assert "You already have a bucket" in conflict(integration, ON_PAGE)


def test_a_stream_of_the_account_is_found_until_the_integration_knows_it(integration: Integration) -> None:
    kinesis.create_stream(client(), STREAM, mode="PROVISIONED", shard_count=1, tags={})
    values = {"name": STREAM, "region": REGION}
    found = aws_checks.stream_found(integration, values)
    assert found is not None
    assert (found.stream.name, found.is_ours) == (STREAM, False)
    listed(integration, "data stream", STREAM)
    assert aws_checks.stream_found(integration, values) is None


@pytest.mark.parametrize("lacking", ["name", "region", "connection"])
def test_an_unfinished_page_finds_no_stream(integration: Integration, lacking: str) -> None:
    kinesis.create_stream(client(), STREAM, mode="PROVISIONED", shard_count=1, tags={})
    if lacking == "connection":
        integration.draft["connect"] = {}
    values = {"name": STREAM, "region": REGION, lacking: ""}
    assert aws_checks.stream_found(integration, values) is None
