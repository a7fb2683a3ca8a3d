"""From where an access key is expected to be used: the vendor's networks, those of the policy in AWS, the endpoint."""

from typing import Any

import pytest

from onboarding.integrations.expected_networks import address_in, expected_networks
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.provisioning.steps.producer_policy import KIND
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db
ENDPOINT = "vpce-0a1b2c3d4e5f67890"


@pytest.fixture
def integration(settings: Any) -> Integration:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24", "2600:1f00::/40")
    return live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


def is_expected(integration: Integration, text: str, endpoint: str = "") -> bool:
    address = address_in(text)
    assert address is not None
    return expected_networks(integration).has(address, endpoint)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.1.1.7", True),
        ("::ffff:1.1.1.7", True),
        ("2600:1f00::9", True),
        ("1.1.2.1", False),
        ("2600:2f00::9", False),
        ("10.0.0.1", False),
    ],
)
def test_an_address_is_in_one_of_the_networks_or_unexpected(
    integration: Integration, text: str, expected: bool
) -> None:
    assert is_expected(integration, text) is expected


@pytest.mark.parametrize(
    "text", ["kinesis.amazonaws.com", "AWS Internal", "", "fe80::1%eth0", "1.1.1.0/24", "8.8.8.8, 9.9.9.9"]
)
def test_the_name_of_a_service_is_no_address(text: str) -> None:
    assert address_in(text) is None


def test_networks_of_the_policy_in_aws_are_expected_until_it_is_updated(integration: Integration) -> None:
    policy = Resource.objects.create(
        integration=integration, kind=KIND, name="p", notes={"networks": [["8.8.8.0/24"], []]}
    )
    assert is_expected(integration, "8.8.8.8")
    Resource.objects.filter(pk=policy.pk).update(notes={"networks": [["1.1.1.0/24"], []]})
    assert not is_expected(integration, "8.8.8.8")


def test_without_published_networks_no_address_is_expected(integration: Integration, settings: Any) -> None:
    assert expected_networks(integration).are_published
    settings.SLUICE_VENDOR_NETWORKS = ()
    assert not expected_networks(integration).are_published
    assert not is_expected(integration, "1.1.1.7")


def test_what_came_through_the_vpc_endpoint_is_expected_and_through_another_is_not(
    integration: Integration, settings: Any
) -> None:
    stream = {**integration.spec["stream"], "endpoint": {"kind": "vpc", "vpc_endpoint_id": ENDPOINT}}
    integration.spec = {**integration.spec, "stream": stream}
    assert is_expected(integration, "10.0.0.1", ENDPOINT)
    assert not is_expected(integration, "10.0.0.1", "vpce-00000000000000000")
    assert not is_expected(integration, "10.0.0.1")
    settings.SLUICE_VENDOR_VPC_NETWORKS = ("10.1.0.0/16",)
    assert not is_expected(integration, "10.0.0.1", ENDPOINT)
    assert is_expected(integration, "10.1.0.1", ENDPOINT)
