"""The order of the suite: folders whose files wait longest come first, so that no process ends with one of them alone.

A pytest plugin, loaded with `-p tests.longest_first`. Within a folder the order stays.
"""

import pytest

LONGEST = ("tests/faults/", "tests/journeys/", "tests/portal/demo/", "tests/onboarding/export/", "tests/onboarding/")


def place_of(nodeid: str) -> int:
    """Return the place of a test's folder in the order: the longest first, then all others."""
    return next((place for place, folder in enumerate(LONGEST) if nodeid.startswith(folder)), len(LONGEST))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by folder; sorting is stable."""
    items.sort(key=lambda item: place_of(item.nodeid))
