"""Page 5: what would be made, by name, and the one button that makes it."""

import pytest
import yaml
from django.urls import reverse

from onboarding.deliveries import form_codec
from onboarding.deliveries.kinds import read
from onboarding.drafts import services as drafts
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.spec import yaml_file
from portal.tenancy.models import TenantRole
from tests.onboarding.deliveries_examples import example
from tests.onboarding.pages import (
    ACCOUNT,
    DELIVERY,
    FINGERPRINT,
    STREAM,
    full_draft,
    post,
    signed_in,
    tenant_with_admin,
    url,
)
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def ready(settings, tmp_path, vendor_keypair):
    """A tenant, its admin's browser, and a draft with every page filled in well."""
    certificate = tmp_path / "delivery.asc"
    certificate.write_text(vendor_keypair.certificate)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant)
    return tenant, client, integration


def test_a_draft_that_is_older_than_the_page_of_consumers_is_complete_without_it(ready) -> None:
    tenant, client, integration = ready
    tenant.connections.update(state="no_access")
    integration.draft.pop("recipients")
    integration.save()
    assert "consumers" not in integration.draft
    assert "arn:aws:kinesis:eu-west-1" in client.get(url(integration, "review")).content.decode()


def start(client, integration: Integration):
    return client.post(reverse("integration_start", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}))


def test_every_resource_and_right_is_named(ready) -> None:
    _, client, integration = ready
    page = client.get(url(integration, "review")).content.decode()
    for name in (
        "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors",
        "sluice-sensors-to-s3",
        "sluice-sensors-111122223333",
        f"sluice-sensors-{integration.uid[:6]}-producer",
        f"sluice:integration={integration.uid}",
        "May put records into the data stream sluice-sensors in eu-west-1. Nothing else.",
        '<span class="j-s">&quot;kinesis:PutRecords&quot;</span>',
        'Create resources in account <span class="nowrap">1111 2222 3333</span>',
    ):
        assert name in page
    assert not Run.objects.exists()


def test_the_declaration_can_be_taken_away_and_read_again(ready) -> None:
    tenant, client, integration = ready
    answer = client.get(reverse("spec_yaml", kwargs={"slug": tenant.slug, "uid": integration.uid}))
    spec = yaml_file.from_yaml(answer.content.decode())
    assert (spec.stream.name, spec.stream.shards, spec.recipients) == ("sluice-sensors", 2, (FINGERPRINT,))
    assert yaml.safe_load(answer.content)["deliveries"][0]["bucket"] == "sluice-sensors-111122223333"


def test_two_clicks_make_one_run(ready) -> None:
    tenant, client, integration = ready
    first, second = start(client, integration), start(client, integration)
    run = Run.objects.get()
    assert first["Location"] == second["Location"] == reverse("run", kwargs={"slug": tenant.slug, "pk": run.pk})


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("connect", {"connection": ""}),
        ("stream", {**STREAM, "name": "sensors", "submitted": True}),
        ("delivery", {}),
        ("delivery", {**DELIVERY, "refused": {"bucket": "Taken."}, "submitted": True}),
        ("recipients", {}),
        ("recipients", {"fingerprints": ["B" * 40]}),
    ],
)
def test_a_page_that_is_not_done_is_named_with_a_link_and_nothing_starts(ready, page, values) -> None:
    _, client, integration = ready
    integration.draft[page] = values
    integration.save()
    shown = client.get(url(integration, "review"))
    assert url(integration, page) in [problem["url"] for problem in shown.context["problems"]]
    assert "Create resources in" not in shown.content.decode()
    answer = start(client, integration)
    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_a_run_starts_for_the_vendor_alone(ready) -> None:
    _, client, integration = ready
    integration.draft["recipients"] = {"fingerprints": []}
    integration.save()
    assert start(client, integration).status_code == 302
    assert Run.objects.get().spec["recipients"] == []


def test_without_the_vendors_key_it_says_whose_side_that_is_on(ready, settings, tmp_path) -> None:
    _, client, integration = ready
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "missing.asc"
    shown = client.get(url(integration, "review"))
    assert "Cause: Sluice." in shown.content.decode()
    assert start(client, integration).status_code == 422
    assert not Run.objects.exists()


def test_settings_changed_after_a_stopped_run_are_the_ones_that_run_next(ready) -> None:
    _, client, integration = ready
    start(client, integration)
    Run.objects.update(state=RunState.FAILED)
    integration.refresh_from_db()
    integration.draft["delivery"]["items"]["1"]["bucket"] = "sluice-another-111122223333"
    integration.save()
    start(client, integration)
    assert Run.objects.first().spec["deliveries"][0]["bucket"] == "sluice-another-111122223333"


def test_what_the_connection_does_not_allow_is_said_before_the_button_is_pressed(ready) -> None:
    _, client, integration = ready
    values = form_codec.typed(read(example("splunk", account=ACCOUNT)))
    drafts.save_page(integration=integration, page="delivery", values={"items": {"1": values}})
    integration.refresh_from_db()
    page = client.get(url(integration, "review")).content.decode()
    assert "Not complete yet" in page
    assert "Read secrets of destinations" in page
    refused = start(client, integration)
    assert refused.status_code == 422
    assert "The run was not started." in refused.content.decode()


def test_back_goes_to_the_recipients(ready) -> None:
    _, client, integration = ready
    assert post(client, integration, "review", {}, do="back")["Location"] == url(integration, "recipients")


def test_viewers_cannot_start(ready) -> None:
    tenant, _, integration = ready
    viewer = signed_in(person("viewer@northwind.example", tenant, TenantRole.VIEWER).email)
    assert start(viewer, integration).status_code == 403
    assert viewer.get(url(integration, "review")).status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize("form", ["cloudformation", "terraform", "cli"])
def test_the_plan_can_be_taken_away_as_a_file(ready, form) -> None:
    tenant, client, integration = ready
    answer = client.get(reverse("export_file", kwargs={"slug": tenant.slug, "uid": integration.uid, "form": form}))
    assert answer.status_code == 200
    assert f"sluice-sensors-{integration.uid[:6]}-producer" in answer.content.decode()
    assert answer["Content-Disposition"].startswith('attachment; filename="sluice-sensors.')
    assert b'/export/terraform/"' in client.get(url(integration, "review")).content


def test_a_plan_that_is_not_finished_is_no_file(ready) -> None:
    tenant, client, integration = ready
    integration.draft["delivery"] = {}
    integration.save()
    at = {"slug": tenant.slug, "uid": integration.uid}
    answer = client.get(reverse("export_file", kwargs={**at, "form": "cli"}))
    assert answer["Location"] == url(integration, "review")
    assert client.get(reverse("export_file", kwargs={**at, "form": "pulumi"})).status_code == 404
