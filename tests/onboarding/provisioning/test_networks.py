"""Records are accepted from the vendor's networks only: a stolen key is worth nothing elsewhere."""

from typing import Any

import pytest
from django.conf import LazySettings

from onboarding.integrations import drift, runs
from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.aws.errors import AwsFault
from portal.aws.iam.managed_policies import get_policy, new_policy_version
from portal.aws.policies.networks import networks_in
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, differences
from tests.played_address import coming_from
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM, VENDOR, THIEF = "sluice-sensors", "1.1.1.7", "8.8.8.8"


def may_put(aws: AwsSession) -> bool:
    try:
        put_record(aws, STREAM, data=b"{}", partition_key="a")
    except AwsFault as fault:
        return fault.code != "AccessDeniedException"
    return True


def test_a_stolen_key_is_refused_from_another_network_and_the_key_was_tested_before(
    world: World, settings: LazySettings
) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24", "2600:1f00::/40")
    integration, run = applied(world, delivery=False)
    assert run.state == RunState.DONE, "Sluice's own test record came from elsewhere"
    key = delivered_key(world, integration)
    places = (VENDOR, "2600:1f00::9", THIEF, "2600:2f00::9")
    assert [may_put(coming_from(key, place)) for place in places] == [True, True, False, False]
    assert not may_put(key), "the exemption ended with the test"
    assert drift.check(integration) == []


def test_another_setting_outdates_a_policy_and_is_no_tampering(world: World, settings: LazySettings) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    integration, _ = applied(world, delivery=False)
    key = coming_from(delivered_key(world, integration), "9.9.9.9")
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24", "9.9.9.0/24")
    name = f"Policy {integration.resources.get(kind='IAM policy').name}"
    expected = {
        f"{name}: networks of the vendor": ("1.1.1.0/24, 9.9.9.0/24", "1.1.1.0/24, the vendor's earlier networks")
    }
    assert differences(drift.check(integration)) == expected
    assert not may_put(key)
    assert updated(world, integration).state == RunState.DONE
    assert drift.check(integration) == []
    assert may_put(key)

    arn = integration.resources.get(kind="IAM policy").arn
    found = get_policy(world.root(), arn)
    assert found is not None
    wider = replace_networks(found.document, "8.8.8.0/24")
    new_policy_version(world.root(), arn, wider)
    assert list(differences(drift.check(integration))) == [f"{name}: permissions"], "this was written by someone else"


def test_a_policy_of_before_the_setting_is_outdated_and_is_restricted_by_a_run(
    world: World, settings: LazySettings
) -> None:
    integration, _ = applied(world, delivery=False)
    key = coming_from(delivered_key(world, integration), THIEF)
    assert may_put(key)
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    [(_, found)] = differences(drift.check(integration)).values()
    assert found == "any, the vendor's earlier networks"
    updated(world, integration)
    assert not may_put(key)
    found_policy = get_policy(world.root(), integration.resources.get(kind="IAM policy").arn)
    assert found_policy is not None
    assert networks_in(found_policy.document).public == ("1.1.1.0/24",)


def updated(world: World, integration: Any) -> Run:
    integration.refresh_from_db()
    return carried_out(runs.start_run(integration=integration, actor=world.admin))


def replace_networks(document: dict[str, Any], network: str) -> dict[str, Any]:
    [put] = document["Statement"]
    return {**document, "Statement": [{**put, "Condition": {"IpAddress": {"aws:SourceIp": [network]}}}]}
