"""Consumers that are registered beside one of someone else, and of which one is deregistered."""

from dataclasses import replace

from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.provisioning.steps.fan_out import KIND
from onboarding.spec import integration_spec as specs
from portal.aws.consumers import stream_consumers
from portal.aws.stream_consumers import consumer_tags, find_consumer, register_consumer
from tests.faults import invariants
from tests.faults.case import REGION, STREAM, Case
from tests.onboarding.provisioning.driving import carried_out

NAMES, LEFT, THEIRS = ("reporting", "alerts"), ("reporting",), "theirs"


def registering(case: Case) -> Case:
    """Start an update that registers two consumers; someone else has one already."""
    register_consumer(case.root(), _arn(case), THEIRS, tags={"team": "bi"})
    return _started(case, specs.from_row(case.run.spec), NAMES)


def deregistering(case: Case) -> Case:
    """Start an update that deregisters one of the two."""
    both = registering(case)
    assert carried_out(both.run).state == RunState.DONE
    return _started(both, specs.from_row(both.run.spec), LEFT)


def not_registered(case: Case) -> list[str]:
    """What is wrong with the two consumers of an integration, in words."""
    return _wrong(case, NAMES)


def not_deregistered(case: Case) -> list[str]:
    """What is wrong where one consumer is left."""
    return _wrong(case, LEFT)


def _started(case: Case, spec: specs.IntegrationSpec, names: tuple[str, ...]) -> Case:
    integration = Integration.objects.get(pk=case.run.integration_id)
    wanted = replace(spec, fan_out=tuple(map(FanOutConsumer, names)))
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=wanted).pk)


def _wrong(case: Case, names: tuple[str, ...]) -> list[str]:
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    wrong = invariants.unfinished(case, integration)
    listed = sorted(consumer.name for consumer in stream_consumers(root, _arn(case), most=50))
    if listed != sorted([*names, THEIRS]):
        wrong.append(f"the consumers are {listed}")
    rows = integration.resources.filter(kind=KIND).exclude(state="removed")
    ledger = {name: (arn, state) for name, arn, state in rows.values_list("name", "arn", "state")}
    if ledger.keys() != set(names):
        wrong.append(f"the ledger lists {ledger}")
    for name in names:
        found = find_consumer(root, _arn(case), name)
        if found is None or found.status != "ACTIVE" or ledger.get(name) != (found.arn, "present"):
            wrong.append(f"the consumer {name} is {found}, the ledger has {ledger.get(name)}")
        elif consumer_tags(root, found.arn).get("sluice:integration") != integration.uid:
            wrong.append(f"the consumer {name} has other tags")
    theirs = find_consumer(root, _arn(case), THEIRS)
    if theirs is None or consumer_tags(root, theirs.arn) != {"team": "bi"}:
        wrong.append(f"their consumer is {theirs}")
    return wrong


def _arn(case: Case) -> str:
    return f"arn:aws:kinesis:{REGION}:{case.account_id}:stream/{STREAM}"
