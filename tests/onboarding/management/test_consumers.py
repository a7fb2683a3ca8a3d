"""Consumer roles by command line: a plan names them, apply creates them, and the exported files have them."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from onboarding.models.run import Run
from portal.aws.iam.roles import get_role
from tests.onboarding.management.test_commands import answer_of
from tests.onboarding.provisioning.driving import carried_out
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TENANT = ("--tenant", "northwind")


def written(folder: Path, world: World, roles: str) -> str:
    file = folder / "spec.yaml"
    fingerprint = world.recipient().fingerprint if not file.exists() else file.read_text().split("[")[1].split("]")[0]
    stream = "{name: sluice-air, region: eu-west-1}"
    file.write_text(
        f"name: air\nconnection: production\nstream: {stream}\nrecipients: [{fingerprint}]\nconsumer_roles:{roles}\n"
    )
    return str(file)


def test_roles_are_planned_applied_changed_and_exported(world: World, tmp_path: Path) -> None:
    world.connected()
    role = f"\n- {{name: analytics, principals: ['{world.other_account_id}']}}"
    spec = written(tmp_path, world, role)
    plan = answer_of("integration", "plan", spec, *TENANT)
    assert "THE-NEW-EXTERNAL-ID" in str(plan)
    assert any(name.endswith("-consumer-analytics") for name in str(plan).replace("'", " ").split())
    begun = answer_of("integration", "apply", spec, *TENANT)
    run = carried_out(Run.objects.get(pk=begun["run"]))
    external_id = run.integration.consumer_external_ids.get().external_id
    name = run.integration.resources.get(kind="consumer role").name
    for form in ("cloudformation", "terraform", "cli", "removal"):
        text = answer_of("integration", "export", "air", *TENANT, "--format", form)["text"]
        assert name in text
        assert (external_id in text) is (form != "removal")

    spec = written(tmp_path, world, role.replace("}", ", session_seconds: 7200}"))
    changes = answer_of("integration", "plan", spec, *TENANT)["changes"]
    assert [(change["path"], change["verb"]) for change in changes] == [
        ("consumer_roles.analytics.session_seconds", "update")
    ]
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", spec, *TENANT)["run"]))
    assert get_role(world.root(), name).session_seconds == 7200
    assert run.integration.consumer_external_ids.get().external_id == external_id


def test_every_problem_has_its_line(world: World, tmp_path: Path) -> None:
    world.connected()
    spec = written(tmp_path, world, "\n- {name: analytics, principals: ['*']}\n- {name: analytics, principals: []}")
    with pytest.raises(CommandError, match=r"(?s)consumer_roles\.1\.principals"):
        call_command("integration", "apply", spec, *TENANT)
    spec = written(tmp_path, world, "\n- {name: analytics, principals: ['*']}")
    with pytest.raises(CommandError, match=r"line 6, consumer_roles\.0\.principals\.0: \* contains a wildcard"):
        call_command("integration", "apply", spec, *TENANT)
