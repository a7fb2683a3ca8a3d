"""The plan as a file: a whole plan is sent, and half of one leads to the page that says what is missing."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from onboarding.integrations import export_files
from onboarding.models.integration import Integration
from tests.architecture.population import Population, populate

FORMS = {
    "cloudformation": (".yaml", "AWSTemplateFormatVersion"),
    "terraform": (".tf", 'resource "aws_kinesis_stream"'),
    "cli": (".sh", "aws kinesis create-stream"),
    export_files.REMOVAL: ("-remove.sh", "aws kinesis delete-stream"),
}


@pytest.fixture
def people(db, clean_redis: str) -> Population:
    return populate()


def sent(people: Population, integration: Integration, form: str, role: str = "admin") -> HttpResponse:
    where = {"slug": integration.tenant.slug, "uid": integration.uid, "form": form}
    return people.client(role).get(reverse("export_file", kwargs=where))


@pytest.mark.parametrize("form", FORMS)
def test_a_plan_is_sent_as_a_file_under_its_streams_name(people: Population, form: str) -> None:
    answer, (ending, holds) = sent(people, people.ours.self_managed, form), FORMS[form]
    assert answer["Content-Disposition"] == f'attachment; filename="sluice-sensors{ending}"'
    assert holds in answer.content.decode()
    assert answer["Content-Type"].endswith("charset=utf-8")


@pytest.mark.parametrize("form", ["yaml", "exe", "CLI", "terraform-"])
def test_there_are_no_other_forms(people: Population, form: str) -> None:
    assert sent(people, people.ours.self_managed, form).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("outsider", 404)])
def test_only_an_admin_of_the_tenant_gets_it(people: Population, role: str, status: int) -> None:
    assert sent(people, people.ours.self_managed, "cli", role).status_code == status


def test_half_a_plan_leads_to_its_review(people: Population) -> None:
    answer = sent(people, people.ours.draft, "cloudformation")
    where = {"slug": people.ours.tenant.slug, "uid": people.ours.draft.uid, "page": "review"}
    assert answer["Location"] == reverse("setup", kwargs=where)


def test_a_key_that_is_not_there_yet_cannot_be_named_in_a_file(people: Population) -> None:
    plan = people.ours.self_managed
    plan.spec = {**plan.spec, "stream": {**plan.spec["stream"], "kms_key": "new"}}
    plan.save()
    answer = sent(people, plan, "terraform")
    assert answer.status_code == 302
    assert people.client("admin").get(answer["Location"], follow=True).status_code == 200


def test_without_a_vendors_key_the_script_of_a_key_is_refused(people: Population, settings) -> None:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    for form in (export_files.KEY, export_files.VENDOR):
        assert sent(people, people.ours.self_managed, form).status_code == 302
