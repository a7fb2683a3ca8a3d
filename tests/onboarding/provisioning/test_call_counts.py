"""How often a run calls AWS: the counts that the documents state, with and without a delivery to S3."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from onboarding.integrations import runs
from tests.onboarding.provisioning.driving import carried_out, started
from tests.world import World

CALLS_OF_THE_SEALING_PROCESS = 2  # CreateAccessKey and PutRecord
READS = ("AssumeRole", "Describe", "Get", "Head", "List")

pytestmark = pytest.mark.django_db(transaction=True)


def documented(*, delivery: bool) -> tuple[int, int]:
    """Return the calls of a first run and the reads of the same spec again, as docs/provisioning-engine.md has them."""
    page = Path(settings.BASE_DIR / "docs" / "provisioning-engine.md").read_text().split("\n## AWS calls\n")[1]
    rows = re.findall(r"^\| .+ \| (\d+) calls, .+ \| (\d+) reads, no write \|$", page, re.MULTILINE)
    first, again = rows[1 if delivery else 0]
    return int(first), int(again)


@pytest.mark.parametrize("delivery", [False, True])
def test_a_run_calls_aws_as_often_as_the_documents_say(world: World, calls: list[str], *, delivery: bool) -> None:
    run = started(world, delivery=delivery)
    calls.clear()
    carried_out(run)
    first = len(calls) + CALLS_OF_THE_SEALING_PROCESS
    calls.clear()
    carried_out(runs.start_run(integration=run.integration, actor=world.admin))
    assert [call for call in calls if not call.startswith(READS)] == []
    assert (first, len(calls)) == documented(delivery=delivery)


def test_the_readme_says_the_same() -> None:
    readme = Path(settings.BASE_DIR / "README.md").read_text()
    (_, with_delivery), (_, without) = documented(delivery=True), documented(delivery=False)
    assert f"{with_delivery} read calls with a delivery to S3, {without} without, and no write" in readme
