"""The tier of every test: a pytest plugin, loaded with `-p tests.tiers`.

`make test` runs what is not marked, `make audit` what is marked audit, `make faults` what is marked faults. A test
with both marks would be in two tiers, so collecting it fails.
"""

import pytest

MARKS = ("audit", "faults")
ALL_ITEMS = pytest.StashKey[dict[str, tuple[str, ...]]]()


def marks_of(item: pytest.Item) -> tuple[str, ...]:
    """Return the marks of an item that name a tier."""
    return tuple(mark for mark in MARKS if item.get_closest_marker(mark))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remember the marks of every item, before `-m` takes some away; refuse what is in two tiers."""
    config.stash[ALL_ITEMS] = found = {item.nodeid: marks_of(item) for item in items}
    if twice := [name for name, marks in found.items() if len(marks) > 1]:
        raise pytest.UsageError(f"in two tiers: {', '.join(twice)}")
