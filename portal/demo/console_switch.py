"""The switch of the simulated building: `python -m portal.demo.console switch [SITUATION] [--stream NAME]`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.demo.building.situations import EXPECTED, STREAM_NAME, Situation, Switch, Switched, turn
from portal.demo.places import PROJECT, Places

_HELP = "Put the simulated building into a situation in which something goes wrong, or end it. Without one, list them."


class UnknownStream(Exception):
    """That is no name of a data stream."""


def add_switch(subparsers: Any) -> None:
    """Add the subcommand."""
    switch = subparsers.add_parser("switch", help=_HELP, description=_HELP)
    switch.add_argument(
        "situation",
        nargs="?",
        choices=[str(each) for each in Situation],
        help="The situation, or normal, which ends it.",
    )
    switch.add_argument("--stream", default="", metavar="NAME", help="The data stream, if not every stream.")
    switch.add_argument("--state", type=Path, default=PROJECT / "var", metavar="FOLDER", help="The demo's folder.")


def switch_to(name: str | None, stream: str, places: Places) -> str:
    """Turn the switch, or list the situations; return what to print. Raises UnknownStream, OSError."""
    if name is None:
        return _listed(Switch(places.situation).read())
    if stream and not STREAM_NAME.fullmatch(stream):
        raise UnknownStream(f"{stream!r} is no name of a data stream. Use letters, digits, and the characters _ . -")
    situation = Situation(name)
    turn(places.situation, situation, stream=stream, since=datetime.now(UTC))
    return _turned(situation, stream)


def _turned(situation: Situation, stream: str) -> str:
    where = stream or "every stream"
    if situation is Situation.NORMAL:
        return "The building is back to normal. make demo-switch lists after how many minutes each alert closes."
    expected = EXPECTED[situation]
    return (
        f"{expected.what}\nOf {where}. "
        f"Status after about {expected.status_minutes} minutes: {expected.status}.\n"
        f"Alert after about {expected.alert_minutes} minutes: {expected.alert}.\n"
        f"End it with: make demo-switch SITUATION={Situation.NORMAL}"
    )


def _listed(now: Switched) -> str:
    lines = ["Situations of the simulated building, and after how many minutes the status and the alert follow:", ""]
    for situation, expected in EXPECTED.items():
        lines += [
            f"  {situation:<17} {expected.what}",
            f"  {'':<17} {expected.status} ({expected.status_minutes} min)",
            f"  {'':<17} Alert: {expected.alert} ({expected.alert_minutes} min). "
            f"It closes {expected.closes_minutes} min after normal.",
        ]
    usage = "make demo-switch SITUATION=silence [STREAM=sluice-contoso-sensors]"
    lines += [f"  {Situation.NORMAL:<17} Ends each of them.", "", f"Now: {_named(now)}. Change it with: {usage}"]
    return "\n".join(lines)


def _named(now: Switched) -> str:
    if now.situation is Situation.NORMAL:
        return str(now.situation)
    return f"{now.situation}, of {now.stream or 'every stream'}"
