"""The simulated building tests a role as any vendor's sender does, and moves from key to role and back by itself."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from portal.aws.iam.roles import create_role, put_role_policy, update_trust
from portal.aws.kinesis import create_stream
from portal.aws.policies.producer import producer_policy, producer_trust_policy
from portal.aws.session import AwsSession
from portal.demo.building.pickup import Delivery
from portal.demo.building.role_attempts import Offered, try_role
from portal.demo.building.sender import Stream
from portal.demo.building.sources import Sources
from portal.demo.building.vendor_api import Answer, VendorApi
from portal.local.ministack import MiniStack
from tests.vendor_sender import sender_identity
from tests.world import new_account_id

EVERYONE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def offered(ministack: MiniStack) -> tuple[AwsSession, AwsSession, Offered]:
    """A role of a client for a sender; the client's root user, the sender, and the role."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ministack.environment.items():
            patch.setenv(name, value)
        arn, sender = sender_identity(ministack)
        account = new_account_id()
        root = ministack.root(account)
        create_stream(root, "sluice-harbour", mode="PROVISIONED", shard_count=1, tags={})
        trust = producer_trust_policy(arn, "its-own")
        role = create_role(root, "sluice-harbour", path="/sluice/producers/", trust=trust, tags={})
        document = producer_policy(f"arn:aws:kinesis:eu-west-1:{account}:stream/sluice-harbour")
        put_role_policy(root, "sluice-harbour", "producer", document)
        stream = Stream("sluice-harbour", "eu-west-1", account)
        return root, sender, Offered("r1", "abc123", "Tower", stream, role.arn, "its-own")


def test_a_role_is_tried_three_times_and_puts_a_record(
    ministack_env: MiniStack, offered: tuple[AwsSession, AwsSession, Offered]
) -> None:
    root, sender, role = offered
    tested = try_role(role, sender)
    record = tested.report.pop("record")
    assert (tested.report, record["shard_id"]) == (
        {"right": "allowed", "wrong": "refused", "missing": "refused"},
        "shardId-000000000000",
    )
    assert tested.session is not None
    _, stranger = sender_identity(ministack_env)
    denied = try_role(role, stranger)
    assert (denied.report["right"], denied.session, "sts:AssumeRole" in denied.report["detail"]) == (
        "refused",
        None,
        True,
    )
    trust = producer_trust_policy(sender.client("sts").get_caller_identity()["Arn"], "its-own")
    update_trust(root, "sluice-harbour", EVERYONE)
    careless = try_role(role, sender)
    assert (careless.report, careless.session) == (dict.fromkeys(("right", "wrong", "missing"), "allowed"), None)
    update_trust(root, "sluice-harbour", trust)


class Portal:
    """Sluice's answers as the building needs them; what it reports is kept."""

    def __init__(self, role: Offered) -> None:
        self.role, self.keys, self.reports = role, list[dict[str, Any]](), list[tuple[str, Any]]()
        self.is_wanted = True

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if body is not None:
            self.reports.append((path.rpartition("/")[2], json.loads(body)))
            return Answer(200, "", b"{}")
        stream = {"name": self.role.stream.name, "region": "eu-west-1", "account_id": self.role.stream.account_id}
        of_both = {"integration": {"id": "abc123"}, "tenant": {"name": "Tower"}, "stream": stream}
        role = {"id": "r1", "role_arn": self.role.role_arn, "external_id": "its-own", "is_wanted": self.is_wanted}
        page = {
            "events": [{"id": "1"}],
            "has_more": False,
            "next": None,
            "keys": [{"id": key, **of_both} for key in self.keys],
            "roles": [{**role, **of_both}],
        }
        if "events" in path:
            page["next"] = "/api/v1/vendor-events?after=1"
        return Answer(200, "", json.dumps(page).encode())


def test_a_role_is_used_while_it_is_wanted_or_until_there_is_a_key(
    ministack_env: MiniStack, offered: tuple[AwsSession, AwsSession, Offered], tmp_path
) -> None:
    _, sender, role = offered
    portal = Portal(role)
    sources = Sources(VendorApi("token", portal), tmp_path / "none", sender)

    def source() -> str:
        found = sources.changed()
        assert found is not None
        return found["abc123"].uid

    assert source() == "r1"
    opened = sources.opened(role)
    assert opened is not None
    assert opened.to_report is not None
    opened.to_report()
    assert [(name, report.get("in_use"), "record" in report) for name, report in portal.reports] == [
        ("report", None, True),
        ("report", True, True),
    ]
    portal.keys = ["k1"]
    assert source() == "r1"
    portal.is_wanted = False
    assert source() == "k1"
    portal.keys = []
    assert source() == "r1", "the key that takes its place does not exist yet"
    _, stranger = sender_identity(ministack_env)
    portal.is_wanted, portal.keys = True, ["k1"]
    refused = Sources(VendorApi("token", portal), tmp_path / "none", stranger)
    refused.changed()
    assert refused.opened(role) is None
    found = refused.changed()
    assert found is not None
    assert isinstance(found["abc123"], Delivery), "as long as the role does not work, the key does"
