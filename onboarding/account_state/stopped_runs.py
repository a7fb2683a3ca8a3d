"""Runs after the last completed one: what they were to apply, and the steps that they completed."""

from dataclasses import dataclass

from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import RunKind, RunState, StepState
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec


@dataclass(frozen=True, slots=True)
class StoppedRun:
    """What a run was to apply; `done` are the names of its steps that were completed."""

    spec: IntegrationSpec
    done: frozenset[str] = frozenset()


def stopped_runs(integration: Integration) -> list[StoppedRun]:
    """Return the runs after the last completed one, from the oldest."""
    runs = Run.objects.filter(integration_id=integration.pk, kind=RunKind.APPLY).order_by("-pk")
    last = runs.filter(state=RunState.DONE).values_list("pk", flat=True).first() or 0
    later = list(runs.filter(pk__gt=last).reverse())
    done: dict[int, set[str]] = {}
    for run, name in Step.objects.filter(run__in=later, state=StepState.DONE).values_list("run_id", "name"):
        done.setdefault(run, set()).add(name)
    return [StoppedRun(specs.from_row(run.spec), frozenset(done.get(run.pk, ()))) for run in later]
