"""A kind of consumer on the tab "Consumers" of an integration: its template, and what that shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onboarding.models.integration import Integration


@dataclass(frozen=True, slots=True)
class TabSection:
    """`context` returns what the section's `template` shows, from rows alone: no page calls AWS."""

    template: str
    context: Callable[[Integration], dict[str, Any]]
