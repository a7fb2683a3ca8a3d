"""The activity as a file: complete, of this tenant alone, bounded, and harmless in a spreadsheet."""

import csv
import json
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.views.integrations import activity_export
from portal.tenancy import audit
from portal.tenancy.models import Tenant
from tests.onboarding.pages import tenant_with_admin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def sent(client: Client, tenant: Tenant, form: str, **query: str) -> str:
    answer = client.get(reverse(f"activity_{form}", kwargs={"slug": tenant.slug}), query)
    assert answer["Content-Disposition"] == f'attachment; filename="{tenant.slug}-activity.{form}"'
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    tenant, client = tenant_with_admin()
    evil = f'{start}HYPERLINK("http://evil.example","x")'
    audit.record("onboarding:pgpkey:added", tenant=tenant, actor=evil, target=evil, reason=evil, details={"a": evil})
    [head, row] = csv.reader(StringIO(sent(client, tenant, "csv"), newline=""))
    assert head[:3] == ["time", "actor", "action"]
    assert len(row) == len(head)
    assert [dict(zip(head, row, strict=True))[name] for name in ("actor", "object", "reason")] == [f"'{evil}"] * 3
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row)


def test_each_line_of_json_is_an_event_of_this_tenant_newest_first() -> None:
    tenant, client = tenant_with_admin()
    other, _ = tenant_with_admin("contoso")
    audit.record("onboarding:run:started", tenant=other, actor="eve@contoso.example", target="theirs")
    for number in range(3):
        audit.record(
            "onboarding:run:started", tenant=tenant, actor="ada@n.example", target=f"r{number}", details={"é": number}
        )
    rows = [json.loads(line) for line in sent(client, tenant, "jsonl").splitlines()]
    assert [row["object"] for row in rows] == ["r2", "r1", "r0"]
    assert rows[0]["details"] == {"é": 2}
    assert sent(client, tenant, "jsonl", object="r1").count("\n") == 1


def test_a_file_is_bounded_and_read_in_pieces(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:
    tenant, client = tenant_with_admin()
    for number in range(7):
        audit.record("onboarding:run:started", tenant=tenant, actor="ada@n.example", target=f"r{number}")
    monkeypatch.setattr(activity_export, "MOST_EVENTS", 5)
    monkeypatch.setattr("portal.tenancy.audit_search._PIECE", 2)
    rows = [json.loads(line) for line in sent(client, tenant, "jsonl").splitlines()]
    assert [row["object"] for row in rows] == ["r6", "r5", "r4", "r3", "r2"]


def test_a_filter_that_cannot_be_read_is_no_file() -> None:
    tenant, client = tenant_with_admin()
    url = reverse("activity_csv", kwargs={"slug": tenant.slug})
    assert client.get(url, {"since": "yesterday"}).status_code == 404
