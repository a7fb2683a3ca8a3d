"""`manage.py stream fields`: the fields of a stream, masked as for the vendor's staff."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from monitoring.field_catalogue import stored
from monitoring.field_catalogue.kind_services import choose_kind_field
from monitoring.record_access_model import RecordAccess
from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.monitoring.field_catalogue.test_stored import DOOR, THERMOMETER, sampled

pytestmark = pytest.mark.django_db


def printed(integration: Integration, *options: str) -> str:
    out = StringIO()
    call_command("stream", "fields", integration.uid, "--tenant", "northwind", *options, stdout=out)
    return out.getvalue()


def test_fields_are_printed_with_the_names_that_staff_see(integration: Integration, admin: User) -> None:
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    stored.add(integration.pk, sampled([THERMOMETER, DOOR], by=("type",)).kinds, ("type",))
    RecordAccess.objects.create(tenant=integration.tenant, fields=["celsius"])
    text = printed(integration)
    assert "All records: 2 records were sampled since 1970-01-12T13:46:40+00:00" in text
    assert "50%  celsius  number" in text
    answer = json.loads(printed(integration, "--json"))
    assert [(kind["scope"], kind["label"], kind["is_masked"]) for kind in answer["kinds"]] == [
        ("all", "All records", False),
        ("kind", "Kind 1", True),
        ("kind", "Kind 2", True),
    ]
    assert {field["path"] for field in answer["kinds"][0]["fields"]} == {"celsius", "•••"}
    for word in ("open", "thermometer", "type"):
        assert word not in text, word


def test_a_stream_without_a_sample_says_so(integration: Integration) -> None:
    assert "No fields seen yet" in printed(integration)
