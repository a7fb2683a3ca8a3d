"""PostgreSQL's time: read once, then continued without it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.database_clock import DatabaseClock


@pytest.mark.django_db
def test_it_is_read_once_and_goes_on(django_assert_num_queries) -> None:
    clock = DatabaseClock()
    with django_assert_num_queries(1):
        first = clock.now()
        time.sleep(0.01)
        second = clock.now()
    assert timedelta(milliseconds=10) <= second - first < timedelta(seconds=5)
    assert abs(timezone.now() - second) < timedelta(seconds=5), "the test's host is also PostgreSQL's"
