"""`device`: devices by command line, the same as on their page; nothing is added from a file with a fault."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from onboarding.management.devices import waiting
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing, ThingDownload
from portal.command_line import CommandFailed
from portal.tenancy.models import AuditEvent
from tests.onboarding.things.conftest import driven, integration
from tests.world import World

__all__ = ["integration"]
pytestmark = pytest.mark.django_db(transaction=True)


def answer_of(integration: Integration, subcommand: str, *more: str) -> Any:
    out = io.StringIO()
    call_command("device", subcommand, integration.name, *more, "--tenant", "northwind", "--json", stdout=out)
    return json.loads(out.getvalue())


def text_of(integration: Integration, subcommand: str, *more: str) -> str:
    out = io.StringIO()
    call_command("device", subcommand, integration.name, *more, "--tenant", "northwind", stdout=out)
    return out.getvalue()


def file_of(folder: Path, text: str) -> str:
    path = folder / "devices.csv"
    path.write_text(text)
    return str(path)


def test_from_a_file_to_a_package_and_back(world: World, integration: Integration, tmp_path: Path) -> None:
    file = file_of(tmp_path, "name,floor\nsluice-lamp-1,2\nsluice-lamp-2,3\n")
    added = answer_of(integration, "import", file)
    recipient = world.tenant.pgp_keys.get().fingerprint
    assert (added["added"], added["recipients"], added["progress"]["open"]) == (2, [recipient], 2)
    output = tmp_path / "lamp.zip"
    with pytest.raises(CommandError, match="has no package yet"):
        answer_of(integration, "package", "sluice-lamp-1", "--output", str(output))
    driven(integration)
    listed = answer_of(integration, "list", "--state", "ready")
    assert [(row["device"], row["attributes"]) for row in listed["devices"]] == [
        ("sluice-lamp-1", {"floor": "2"}),
        ("sluice-lamp-2", {"floor": "3"}),
    ]
    assert text_of(integration, "list").startswith("sluice-lamp-1\tready\t")
    written = answer_of(integration, "package", "sluice-lamp-1", "--output", str(output))
    assert written["recipients"] == [recipient]
    assert any(name.endswith("README.txt") for name in zipfile.ZipFile(output).namelist())
    assert ThingDownload.objects.get().actor == "command line"
    with pytest.raises(CommandError, match="cannot be written"):
        answer_of(integration, "package", "sluice-lamp-1", "--output", str(output))
    answer_of(integration, "remove", "sluice-lamp-1", "--yes")
    driven(integration)
    assert [row["device"] for row in answer_of(integration, "list")["devices"]] == ["sluice-lamp-2"]
    actions = AuditEvent.objects.filter(actor="command line").values_list("action", flat=True)
    assert {"onboarding:things:requested", "onboarding:thing:fetched", "onboarding:things:removal-requested"} <= set(
        actions
    )


def test_a_file_with_faults_names_each_and_adds_nothing(integration: Integration, tmp_path: Path) -> None:
    file = file_of(tmp_path, "name,floor\nsluice-a,=1+1\nlamp,2\nsluice-a,3\n")
    with pytest.raises(CommandFailed) as refused:
        answer_of(integration, "import", file)
    found = [(error["params"].get("row"), error["params"].get("column")) for error in refused.value.errors]
    assert found == [(2, "floor"), (3, "name"), (4, "name")]
    assert "Row 2, column floor" in str(refused.value)
    assert not Thing.objects.exists()


def test_a_file_is_resumed_after_some_of_its_devices_exist(integration: Integration, tmp_path: Path) -> None:
    answer_of(integration, "add", "sluice-a", "--attribute", "floor=2")
    Thing.objects.update(state=ThingState.FAILED)
    file = file_of(tmp_path, "name\nsluice-a\nsluice-b\n")
    with pytest.raises(CommandError, match="exists in this integration"):
        answer_of(integration, "import", file)
    assert answer_of(integration, "import", file, "--resume")["added"] == 1
    assert answer_of(integration, "import", file, "--resume")["added"] == 0
    assert set(Thing.objects.values_list("name", "state")) == {("sluice-a", "requested"), ("sluice-b", "requested")}


def test_waiting_ends_with_the_reason(integration: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandFailed, match="not done within 0") as refused:
        answer_of(integration, "add", "sluice-a", "--wait", "--timeout", "0")
    assert refused.value.answer is not None
    assert refused.value.answer["progress"]["open"] == 1
    # Meanwhile a worker takes the device, and it fails.
    monkeypatch.setattr(waiting.time, "sleep", lambda _: Thing.objects.update(state=ThingState.FAILED))
    with pytest.raises(CommandFailed, match="1 device failed\\. "):
        answer_of(integration, "retry", "--wait")
    monkeypatch.setattr(waiting.time, "sleep", lambda _: Thing.objects.update(state=ThingState.READY))
    Thing.objects.update(state=ThingState.FAILED)
    assert answer_of(integration, "retry", "--wait")["progress"]["ready"] == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("add", "lamp"), "sluice-"),
        (("add", "sluice-a", "--attribute", "floor"), "NAME=VALUE"),
        (("add", "sluice-a", "--attribute", "a=1", "--attribute", "a=2"), "NAME=VALUE"),
        (("add", "sluice-a", "--recipient", "0" * 40), "not confirmed"),
        (("remove", "sluice-a", "--yes"), "no device named sluice-a"),
        (("remove", "--yes"), "or give --all"),
        (("remove", "--all"), "Nothing was done"),
        (("package", "sluice-a", "--output", "/nowhere/a.zip"), "no device named"),
        (("list", "--state", "removed"), "invalid choice"),
    ],
)
def test_what_is_not_valid_is_refused(integration: Integration, given: tuple[str, ...], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        answer_of(integration, *given)
    assert not Thing.objects.exists()


def test_what_was_not_deleted_is_listed(integration: Integration) -> None:
    integration.unused_certificates.create(certificate_id="b" * 64, thing_name="sluice-a", attempts=3)
    assert text_of(integration, "list").startswith(f"unused certificate {'b' * 64}, created for sluice-a")
    assert answer_of(integration, "list")["unused_certificates"][0]["device"] == "sluice-a"


def test_an_integration_without_devices_has_none(integration: Integration) -> None:
    integration.spec = {name: value for name, value in (integration.spec or {}).items() if name != "devices"}
    integration.save(update_fields=["spec"])
    with pytest.raises(CommandError, match="has no devices"):
        answer_of(integration, "list")
