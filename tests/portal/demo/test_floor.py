"""All senders of the building behave as the switch says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from portal.demo.building.floor import Floor
from portal.demo.building.situations import Situation, Switched
from portal.demo.building.vendor_api import VendorApi


def _post(name: str) -> Any:
    sender = SimpleNamespace(situation=Situation.NORMAL)
    return SimpleNamespace(sender=sender, delivery=SimpleNamespace(stream=SimpleNamespace(name=name)))


def test_the_sender_of_the_stream_behaves_as_the_switch_says_and_no_other() -> None:
    floor, first, second = Floor(cast("VendorApi", None), Path("key")), _post("sluice-a"), _post("sluice-b")
    floor._posts = {"a": first, "b": second}
    floor.behave(Switched(Situation.SILENCE, "sluice-a"))
    assert (first.sender.situation, second.sender.situation) == (Situation.SILENCE, Situation.NORMAL)
    floor.behave(Switched(Situation.BURST))
    assert (first.sender.situation, second.sender.situation) == (Situation.BURST, Situation.BURST)
    floor.behave(Switched())
    assert (first.sender.situation, second.sender.situation) == (Situation.NORMAL, Situation.NORMAL)
