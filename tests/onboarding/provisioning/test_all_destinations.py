"""One stream with all eight destinations, by command line: planned, applied, changed, drifted, repaired, torn down."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from onboarding.connections import grant
from onboarding.deliveries.kinds import KINDS
from onboarding.models.connection import Connection
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from portal.aws import firehose
from portal.aws.calls import call
from portal.aws.iam.managed_policies import new_policy_version
from portal.aws.policies.optional_permissions import OPT_IN_PERMISSIONS
from tests.onboarding.deliveries_examples import example
from tests.onboarding.management.test_commands import answer_of, files  # noqa: F401  # a fixture
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.onboarding.provisioning.test_engine import WRITES
from tests.world import World, every_right

pytestmark = pytest.mark.django_db(transaction=True)
NAME = ("air", "--tenant", "fabrikam")
FIREHOSES = {f"sluice-sensors-to-{kind.replace('_', '-')}" for kind in KINDS}


def carried(answer: dict[str, Any]) -> Run:
    run = carried_out(Run.objects.get(pk=answer["run"]), turns=200)
    assert run.state == RunState.DONE, failed_steps(run)
    return run


def writes(calls: list[str]) -> int:
    return sum(operation.startswith(WRITES) for operation in calls)


def there(world: World) -> set[str]:
    return set(call(world.root(), "firehose", "ListDeliveryStreams")["DeliveryStreamNames"])


def left(world: World) -> dict[str, list[str]]:
    """What stands in the account, by kind."""
    root, users = world.root(), world.root().client("iam")
    return {
        "Firehose streams": sorted(there(world)),
        "roles": [role["RoleName"] for role in users.list_roles(PathPrefix="/sluice/")["Roles"]],
        "users": [user["UserName"] for user in users.list_users(PathPrefix="/sluice/")["Users"]],
        "log groups": [group["logGroupName"] for group in call(root, "logs", "DescribeLogGroups")["logGroups"]],
        "streams": call(root, "kinesis", "ListStreams")["StreamNames"],
        "buckets": [bucket["Name"] for bucket in call(root, "s3", "ListBuckets")["Buckets"]],
    }


def allowed(world: World) -> None:
    """The client allows all of it, and brings the role up to date; until then nothing may be made."""
    every = every_right(world.account_id)
    arguments = [word for permission in OPT_IN_PERMISSIONS for word in ("--allow", permission.key)]
    arguments += [word for arn in every.others for word in ("--reach", arn)]
    assert answer_of("connection", "choose", "prod", *arguments)["is_up_to_date"] is False
    connection = Connection.objects.get(name="prod")
    new_policy_version(world.root(), connection.boundary_arn, grant.grant_of(connection).boundary.document)
    answer_of("connection", "verify", "prod", "--role-arn", connection.role_arn)


def test_all_eight_by_command_line(world: World, files: dict[str, str], calls: list[str], capsys) -> None:  # noqa: F811  (fixture)
    file = Path(files["spec"])
    whole = yaml.safe_load(file.read_text())
    whole["deliveries"] = [example(kind, account=world.account_id) for kind in KINDS]
    file.write_text(yaml.safe_dump(whole))
    table: list[tuple[str, str]] = []

    with pytest.raises(CommandError, match=r"deliveries\.1\.destination\.secret_arn: .*Read secrets of destinations"):
        call_command("integration", "plan", str(file), "--tenant", "fabrikam")
    allowed(world)
    plan = answer_of("integration", "plan", str(file), "--tenant", "fabrikam")
    kinds = [row["kind"] for row in plan["resources"]]
    assert (kinds.count("Firehose stream"), kinds.count("IAM role"), kinds.count("S3 bucket")) == (8, 8, 1)
    calls.clear()
    run = carried(answer_of("integration", "apply", str(file), "--tenant", "fabrikam"))
    table.append(("applied", f"{run.steps.count()} steps, {len(calls)} calls, {writes(calls)} of them writes"))
    assert there(world) == FIREHOSES
    assert writes(calls) > 50
    calls.clear()
    carried(answer_of("integration", "apply", str(file), "--tenant", "fabrikam"))
    assert (writes(calls), len(calls) > 50) == (0, True), [
        operation for operation in calls if operation.startswith(WRITES)
    ]
    table.append(("applied again", f"{len(calls)} calls, none of them a write"))

    whole["deliveries"] = [
        delivery | {"buffering_seconds": 45} for delivery in whole["deliveries"] if "splunk" not in delivery["name"]
    ]
    file.write_text(yaml.safe_dump(whole))
    changes = answer_of("integration", "plan", str(file), "--tenant", "fabrikam")["changes"]
    assert [change["verb"] for change in changes] == ["update"] * 7 + ["remove"]
    carried(answer_of("integration", "apply", str(file), "--tenant", "fabrikam"))
    assert there(world) == FIREHOSES - {"sluice-sensors-to-splunk"}
    table.append(("changed", "7 updated, 1 removed"))

    assert answer_of("integration", "drift", *NAME)["findings"] == []
    for name in sorted(there(world)):
        firehose.delete_delivery_stream(world.root(), name)
    with pytest.raises(CommandError, match="Configuration drift was detected"):
        call_command("integration", "drift", *NAME)
    carried(answer_of("integration", "repair", *NAME))
    assert there(world) == FIREHOSES - {"sluice-sensors-to-splunk"}
    assert answer_of("integration", "drift", *NAME)["findings"] == []
    table.append(("drifted and repaired", "7 Firehose streams made anew"))

    carried(answer_of("integration", "destroy", *NAME, "--yes", "--delete-data"))
    status = answer_of("integration", "status", *NAME)
    assert status["state"] == IntegrationState.REMOVED
    stays = left(world)
    bucket = whole["deliveries"][0]["bucket"]
    assert stays.pop("buckets") in ([], [bucket]), "a bucket that holds objects is kept"
    assert set(map(tuple, stays.values())) == {()}, stays
    kept = {row["name"]: row["kept"]["text"] for row in status["inventory"] if row["state"] != "removed"}
    assert set(kept) <= {bucket}
    table.append(("torn down", f"kept: {', '.join(f'{name} ({why})' for name, why in kept.items()) or 'nothing'}"))
    with capsys.disabled():
        print("\n" + "\n".join(f"  {what:<22} {outcome}" for what, outcome in table))
