"""Integrations by command line: the same spec, the same services, the same rows as the wizard."""

from django.utils.translation import gettext_lazy

from onboarding.management.export import ExportSubcommands
from onboarding.management.integrations.adoption import AdoptionSubcommands
from onboarding.management.integrations.drift import DriftSubcommands
from onboarding.management.integrations.plan import PlanSubcommands
from onboarding.management.integrations.policies import PolicySubcommands
from onboarding.management.integrations.removal import RemovalSubcommands
from onboarding.management.self_managed import SelfManagedSubcommands
from portal.command_line import CommandWithSubcommands


class Command(
    PlanSubcommands,
    AdoptionSubcommands,
    DriftSubcommands,
    RemovalSubcommands,
    PolicySubcommands,
    ExportSubcommands,
    SelfManagedSubcommands,
    CommandWithSubcommands,
):
    description = gettext_lazy("Plan, apply and inspect integrations, from a spec in YAML (docs/spec.md).")
    subcommands = {
        **PlanSubcommands.plan_subcommands,
        **AdoptionSubcommands.adoption_subcommands,
        **DriftSubcommands.drift_subcommands,
        **RemovalSubcommands.removal_subcommands,
        **PolicySubcommands.policy_subcommands,
        **ExportSubcommands.export_subcommands,
        **SelfManagedSubcommands.self_managed_subcommands,
    }
