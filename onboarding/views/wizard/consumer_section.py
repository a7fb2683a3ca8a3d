"""A kind of consumer on the wizard's page about consumers: a section of its own, with its part of the draft.

The page is one form. Every button submits it, so each section reads its own fields of every request, and a button whose
value begins with the section's key is the section's own, such as "roles-add".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from onboarding.models.integration import Integration


@dataclass(frozen=True, slots=True)
class Section:
    """How one kind of consumer is read, changed by its buttons, checked and shown.

    `key` names its values in the page's draft. `read` returns them from what was posted; `press` returns them after one
    of its own buttons; `error_count` counts what is wrong; `context` returns what its `template` shows.
    """

    key: str
    template: str
    read: Callable[[QueryDict, Any], Any]
    press: Callable[[Any, str, Integration], Any]
    error_count: Callable[[Integration], int]
    context: Callable[[Integration], dict[str, Any]]
