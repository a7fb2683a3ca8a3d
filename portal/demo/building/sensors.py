"""The readings of a building's sensors: five kinds on six floors, over a day. Pure but for random numbers."""

import json
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FLOORS = 6
ZONES = ("north", "east", "south", "west")
PER_ZONE = 2
_KEPT_SAMPLES = 60
_SAMPLE_EVERY = timedelta(seconds=5)
_MODELS = {
    "occupancy": ("Halcyon Presence 2", "HP2-4.11.0"),
    "temperature": ("Halcyon Air 3", "HA3-2.7.4"),
    "humidity": ("Halcyon Air 3", "HA3-2.7.4"),
    "desk": ("Halcyon Desk", "HD1-1.19.2"),
    "leak": ("Halcyon Floodline", "HF1-3.0.8"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One record to send: the device is its partition key, the data about 1 KB of JSON."""

    device_id: str
    data: bytes


@dataclass(slots=True)
class _Device:
    device_id: str
    kind: str
    floor: int
    zone: str
    serial: str
    battery: float
    sequence: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_SAMPLES))


class Sensors:
    """All devices of one building, in random order; the same seed gives the same building."""

    def __init__(self, building: str, *, seed: int) -> None:
        self._building = building
        self._dice = random.Random(seed)
        self._devices = deque(_devices(self._dice))

    def readings(self, count: int, at: datetime) -> list[Reading]:
        """Return the current readings of the next `count` devices."""
        readings = []
        for _ in range(count):
            device = self._devices[0]
            self._devices.rotate(-1)
            readings.append(self._reading(device, at))
        return readings

    def _reading(self, device: _Device, at: datetime) -> Reading:
        device.sequence += 1
        while len(device.recent) < _KEPT_SAMPLES - 1:
            before = at - _SAMPLE_EVERY * (_KEPT_SAMPLES - 1 - len(device.recent))
            device.recent.append(self._value(device, before))
        device.recent.append(self._value(device, at))
        body = {
            "schema": "halcyon.reading/3",
            "building": self._building,
            "device": _described(device),
            "at": at.isoformat(timespec="milliseconds"),
            "sequence": device.sequence,
            "reading": {"kind": device.kind, **_fields(device.kind, device.recent[-1])},
            "window": {"every_seconds": _SAMPLE_EVERY.seconds, "values": list(device.recent)},
            "radio": self._radio(device),
        }
        return Reading(device.device_id, json.dumps(body, separators=(", ", ": ")).encode())

    def _value(self, device: _Device, at: datetime) -> float:
        return _CURVES[device.kind](self._dice, _crowd(at, device.floor), _hour(at))

    def _radio(self, device: _Device) -> dict[str, object]:
        return {
            "gateway": f"gw-{device.floor:02d}-{device.zone}",
            "rssi_dbm": self._dice.randint(-96, -52),
            "snr_db": round(self._dice.uniform(4, 13), 1),
            "battery_volts": round(device.battery - device.sequence * 1e-6, 3),
        }


def _devices(dice: random.Random) -> list[_Device]:
    devices = [
        _Device(
            device_id=f"{kind[:4]}-{floor:02d}-{zone[0]}{number}",
            kind=kind,
            floor=floor,
            zone=zone,
            serial=f"{dice.getrandbits(40):010X}",
            battery=round(dice.uniform(2.9, 3.3), 3),
        )
        for kind in _MODELS
        for floor in range(1, FLOORS + 1)
        for zone in ZONES
        for number in range(1, PER_ZONE + 1)
    ]
    dice.shuffle(devices)
    return devices


def _described(device: _Device) -> dict[str, object]:
    model, firmware = _MODELS[device.kind]
    return {
        "id": device.device_id,
        "kind": device.kind,
        "model": model,
        "firmware": firmware,
        "serial": device.serial,
        "floor": device.floor,
        "zone": device.zone,
        "room": f"{device.floor}.{ZONES.index(device.zone) + 1:02d}",
    }


def _hour(at: datetime) -> float:
    return at.hour + at.minute / 60


def _crowd(at: datetime, floor: int) -> float:
    """Return how full a floor is, 0 to 1: two peaks around lunch on working days, almost no one otherwise."""
    hour = _hour(at)
    morning, afternoon = (math.exp(-(((hour - peak) / 2.1) ** 2)) for peak in (10.5, 15.0))
    working_day = 0.06 if at.weekday() >= 5 else 1.0  # Saturday and Sunday
    return min(1.0, (morning + afternoon) * working_day * (0.75 + 0.05 * floor)) + 0.02


def _occupancy(dice: random.Random, crowd: float, hour: float) -> float:
    return float(max(0, round(dice.gauss(24 * crowd, 2))))


def _temperature(dice: random.Random, crowd: float, hour: float) -> float:
    sun = 1.4 * math.sin((hour - 8) / 24 * 2 * math.pi)
    return round(20.6 + sun + 1.1 * crowd + dice.gauss(0, 0.12), 2)


def _humidity(dice: random.Random, crowd: float, hour: float) -> float:
    return round(42 + 6 * crowd - 3 * math.sin((hour - 8) / 24 * 2 * math.pi) + dice.gauss(0, 0.5), 1)


def _desk(dice: random.Random, crowd: float, hour: float) -> float:
    return float(dice.random() < crowd)


def _leak(dice: random.Random, crowd: float, hour: float) -> float:
    return float(dice.random() < 0.0004)  # a rare event


_CURVES: dict[str, Callable[[random.Random, float, float], float]] = {
    "occupancy": _occupancy,
    "temperature": _temperature,
    "humidity": _humidity,
    "desk": _desk,
    "leak": _leak,
}


def _fields(kind: str, value: float) -> dict[str, object]:
    fields: dict[str, dict[str, object]] = {
        "occupancy": {"people": int(value)},
        "temperature": {"celsius": value},
        "humidity": {"relative_percent": value},
        "desk": {"is_taken": bool(value)},
        "leak": {"is_wet": bool(value)},
    }
    return fields[kind]
