"""A draft keeps the fields of its pages, and nothing else that is sent."""

import json

import pytest
from django.urls import reverse

from onboarding.models.integration import Integration
from onboarding.wizard.known_fields import known_fields
from tests.onboarding.pages import draft, tenant_with_admin

PAGES = ("connect", "stream", "delivery", "recipients")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_field_is_not_kept_however_often_it_is_sent(page: str) -> None:
    tenant, client = tenant_with_admin()
    found = draft(tenant)
    url = reverse("setup", kwargs={"slug": tenant.slug, "uid": found.uid, "page": page})
    for number in range(3):
        client.post(url, {"do": "keep", "kind": "s3", f"unknown{number}": "x" * 1000})
    kept = json.dumps(Integration.objects.get(pk=found.pk).draft)
    assert "unknown" not in kept


def test_a_list_has_a_limit() -> None:
    tenant, client = tenant_with_admin()
    found = draft(tenant)
    url = reverse("setup", kwargs={"slug": tenant.slug, "uid": found.uid, "page": "recipients"})
    client.post(url, {"do": "keep", "fingerprints": [f"{number:040X}" for number in range(250)]})
    assert len(Integration.objects.get(pk=found.pk).draft["recipients"]["fingerprints"]) == 100


def test_every_page_has_fields_and_no_other_word_has() -> None:
    assert all(known_fields(page) for page in PAGES)
    assert {"role_arn", "allow_lambda"} & known_fields("connect") >= {"role_arn"}
    assert "bucket" in known_fields("delivery")
    assert known_fields("review") == frozenset()
