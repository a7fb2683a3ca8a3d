"""Nothing that a signed-in person sends makes a page fail, now or later: every address, parameter and field."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import row_lock_guard
from tests.architecture.population import PAGES, Population, populate
from tests.fuzz.surface import Attempt, attempts
from tests.fuzz.values import LONG_NUMBER, NUL
from tests.sampling import Sample

ATTEMPTS = 60
ATTEMPTS_OF_THE_AUDIT = 3000
NOT_REACHABLE = "http://127.0.0.1:9"
NO_NUMBERS = [LONG_NUMBER, "9" * 4000, "²"]
NUMBERS = {"shards": "1", "retention_hours": "24", "max_record_kib": "1024"}
STREAM = {"name": "sluice-a", "region": "eu-west-1", "mode": "PROVISIONED", "encryption": "aws", "endpoint": "standard"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


class _Undone(Exception):
    """Ends a transaction, so that the next attempt finds everything as it was."""


@pytest.fixture
def population(settings, tmp_path, monkeypatch) -> Population:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder into which nothing was collected
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOT_REACHABLE)
    return populate()


def test_nothing_sent_fails_a_page(population: Population, sample: Sample) -> None:
    every = attempts(population, sample.seed)
    assert failures(population, sample.spread("fuzz", every, ATTEMPTS)) == []


@pytest.mark.audit
@pytest.mark.timeout(2400)
def test_nothing_of_a_large_sample_fails_a_page(population: Population, sample: Sample) -> None:
    every = attempts(population, sample.seed)
    assert failures(population, sample.spread("large fuzz", every, ATTEMPTS_OF_THE_AUDIT)) == []


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_what_is_no_number_breaks_neither_its_page_nor_the_draft(population: Population, number: str) -> None:
    client = population.client("admin")
    draft = {"slug": population.ours.tenant.slug, "uid": population.ours.draft.uid}
    for field in NUMBERS:
        for do in ("keep", "next"):
            sent = {**STREAM, **NUMBERS, field: number, "do": do}
            assert client.post(reverse("setup", kwargs={**draft, "page": "stream"}), sent).status_code < 500
        for page in PAGES:
            assert client.get(reverse("setup", kwargs={**draft, "page": page})).status_code == 200
        assert client.get(reverse("tenant_home", kwargs={"slug": draft["slug"]})).status_code == 200


@pytest.mark.parametrize("role", ["support", "operator"])
def test_the_admins_search_without_its_parameters_is_denied(population: Population, role: str) -> None:
    assert population.client(role).get("/admin/autocomplete/").status_code == 403


@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_empty_field_of_a_relation_is_refused_by_the_admin(population: Population, page: str) -> None:
    url = reverse(f"admin:onboarding_run_{page}", args=[population.ours.done.pk])
    client = population.client("operator", raise_request_exception=False)
    assert client.get(url, {"_to_field": ""}).status_code == 400
    assert client.get(url, {"_to_field": "tenant"}).status_code == 400
    assert client.get(url).status_code in {200, 403}


def test_a_fault_would_be_found(population: Population, monkeypatch) -> None:
    monkeypatch.setattr("portal.request_limits.NUL", "not in any text")
    attempt = Attempt("operator", "GET", reverse("all_alerts"), "stream = NUL", {"stream": NUL})
    assert [failure.partition(":")[0] for failure in failures(population, [attempt])] == ["operator"]


def failures(population: Population, tried: list[Attempt]) -> list[str]:
    """Return what failed, each with its fault: the answer itself, or a page that what was saved breaks."""
    found: list[str] = []
    for attempt in tried:
        try:
            with row_lock_guard.around_tests():
                found += _tried(population, attempt)
                raise _Undone
        except _Undone:
            continue
    return found


def _tried(population: Population, attempt: Attempt) -> Iterator[str]:
    client = population.client(attempt.role, raise_request_exception=False)
    with _faults() as faults, _saved() as saved:
        if _ask(client, attempt) >= 500:
            yield f"{attempt}: {faults}"
            return
        if not saved:
            return
        for url in _pages_after(population, attempt):
            if client.get(url).status_code >= 500:
                yield f"{attempt}: then GET {url}: {faults}"
                return


@contextmanager
def _faults() -> Iterator[list[str]]:
    found: list[str] = []

    def note(**_: object) -> None:
        found.append(repr(sys.exc_info()[1])[:300])

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


@contextmanager
def _saved() -> Iterator[list[str]]:
    """Yield the statements that changed a row: what saved nothing can break no page."""
    changes: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            changes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield changes


def _ask(client: Client, attempt: Attempt) -> int:
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in attempt.sent.items()}
    ask = client.get if attempt.method == "GET" else client.post
    return int(ask(attempt.url, sent).status_code)


def _pages_after(population: Population, attempt: Attempt) -> list[str]:
    if attempt.method == "GET" or "/admin/" in attempt.url:
        return []
    at = {"slug": population.ours.tenant.slug}
    draft = {**at, "uid": population.ours.draft.uid}
    pages = [reverse("tenant_home", kwargs=at)]
    if "/setup/" in attempt.url:
        pages += [reverse("setup", kwargs={**draft, "page": page}) for page in PAGES]
        pages += [reverse("delivery", kwargs={**draft, "key": key}) for key in ("1", "2")]
        return pages
    return [*pages, reverse("activity", kwargs=at), reverse("streams", kwargs=at)]
