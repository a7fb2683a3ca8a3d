from datetime import UTC, datetime

from monitoring.silence.calendar import Calendar, countries, zones


def test_a_holiday_is_a_sunday_only_in_its_country() -> None:
    constitution_day = datetime(2027, 5, 17, 10, tzinfo=UTC)  # a Monday, in Norway
    assert Calendar("Europe/Oslo", "NO").hour_of_week(constitution_day) == 6 * 24 + 12
    assert Calendar("Europe/Oslo", "SE").hour_of_week(constitution_day) == 12
    assert Calendar("Europe/Oslo").hour_of_week(constitution_day) == 12


def test_the_day_is_the_buildings() -> None:
    assert Calendar("Pacific/Auckland").hour_of_week(datetime(2026, 11, 16, 23, tzinfo=UTC)) == 24 + 12


def test_what_can_be_chosen_is_known() -> None:
    assert {"UTC", "Europe/Oslo", "Asia/Kolkata"} <= set(zones())
    assert {"NO", "DE", "US"} <= set(countries())
    assert "posix/UTC" not in zones()
