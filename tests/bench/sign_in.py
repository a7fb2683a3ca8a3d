"""Signing in: how long the server works on the form, beside the hash of the password."""

import statistics
import time

import httpx
from django.contrib.auth.hashers import check_password

from portal.tenancy.models import User
from tests.bench import estate
from tests.bench.machine import HOST, Machine
from tests.bench.measurements import Measurement, NotMeasured, p95
from tests.world import PASSWORD

TIMES, WARM = 30, 3
_PATH = "/accounts/login/"


def sign_in(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the form with the right password, and with an account that does not exist."""
    person = estate.member(estate.new_tenant())
    hashing = statistics.median(_hash_milliseconds(person) for _ in range(TIMES))
    process, port = machine.web()
    try:
        known = _took(port, person.email, status=302, times=WARM + TIMES)[WARM:]
        unknown = _took(port, "nobody@nowhere.example", status=200, times=5)
    finally:
        machine.end(process)
    of_unknown = f"{statistics.median(unknown):.0f} ms of an account that does not exist"
    note = f"hash {hashing:.0f} ms; {p95(known):.0f} ms with it; {of_unknown}"
    return [Measurement("sign-in beside the hash of the password, p95", p95(known) - hashing, 300, "ms", note)]


def _hash_milliseconds(person: User) -> float:
    began = time.perf_counter()
    check_password(PASSWORD, person.password)
    return 1000 * (time.perf_counter() - began)


def _took(port: int, email: str, *, status: int, times: int) -> list[float]:
    took = []
    for _ in range(times):
        with httpx.Client(base_url=f"http://{HOST}:{port}") as browser:
            browser.get(_PATH)
            token = browser.cookies["csrftoken"]
            sent = {"username": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
            began = time.perf_counter()
            answer = browser.post(_PATH, data=sent)
            took.append(1000 * (time.perf_counter() - began))
        if answer.status_code != status:
            raise NotMeasured(f"{_PATH} answered {answer.status_code}")
    return took
