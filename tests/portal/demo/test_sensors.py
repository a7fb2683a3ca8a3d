import json
import statistics
from datetime import UTC, datetime

from portal.demo.building.sensors import FLOORS, Sensors

TUESDAY_MORNING = datetime(2026, 11, 17, 10, 30, tzinfo=UTC)
TUESDAY_NIGHT = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)
SUNDAY_MORNING = datetime(2026, 11, 15, 10, 30, tzinfo=UTC)


def people(at):
    decoded = [json.loads(reading.data) for reading in Sensors("Tower", seed=1).readings(240, at)]
    return sum(body["reading"]["people"] for body in decoded if body["device"]["kind"] == "occupancy")


def test_the_same_seed_says_the_same():
    first, second = (Sensors("Tower", seed=7).readings(50, TUESDAY_MORNING) for _ in range(2))
    assert first == second
    assert Sensors("Tower", seed=8).readings(50, TUESDAY_MORNING) != first


def test_a_record_is_about_a_kilobyte_of_json():
    sizes = [len(reading.data) for reading in Sensors("Tower", seed=1).readings(240, TUESDAY_MORNING)]
    assert 700 < statistics.mean(sizes) < 1300
    assert max(sizes) < 2000


def test_five_kinds_on_all_floors_each_with_its_device_as_partition_key():
    readings = Sensors("Tower", seed=1).readings(240, TUESDAY_MORNING)
    bodies = [json.loads(reading.data) for reading in readings]
    assert {body["device"]["kind"] for body in bodies} == {"occupancy", "temperature", "humidity", "desk", "leak"}
    assert {body["device"]["floor"] for body in bodies} == set(range(1, FLOORS + 1))
    assert len({reading.device_id for reading in readings}) == 240
    assert all(body["device"]["id"] == reading.device_id for body, reading in zip(bodies, readings, strict=True))


def test_people_come_in_the_morning_and_stay_away_at_night_and_on_sundays():
    assert people(TUESDAY_MORNING) > 10 * people(TUESDAY_NIGHT)
    assert people(TUESDAY_MORNING) > 5 * people(SUNDAY_MORNING)


def test_rooms_stay_habitable():
    bodies = [json.loads(reading.data) for reading in Sensors("Tower", seed=1).readings(240, TUESDAY_MORNING)]
    warmth = [body["reading"]["celsius"] for body in bodies if body["device"]["kind"] == "temperature"]
    assert 18 < min(warmth) < max(warmth) < 26


def test_a_device_numbers_what_it_says():
    sensors = Sensors("Tower", seed=1)
    first = json.loads(sensors.readings(240, TUESDAY_MORNING)[0].data)
    second = json.loads(sensors.readings(240, TUESDAY_MORNING)[0].data)
    assert first["device"]["id"] == second["device"]["id"]
    assert (first["sequence"], second["sequence"]) == (1, 2)
