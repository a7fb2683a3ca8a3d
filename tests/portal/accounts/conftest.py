import pytest

from tests.portal.accounts.people import Browser
from tests.world import person


@pytest.fixture
def ada(db, clean_redis, settings) -> Browser:
    """Ada, who has an account, before her browser."""
    settings.SLUICE_PORTAL_URL = "http://localhost:8000"
    return Browser(person("ada@north.example"))
