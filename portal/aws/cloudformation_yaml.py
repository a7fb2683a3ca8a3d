"""CloudFormation templates as text."""

from __future__ import annotations

from typing import Any

import yaml


class _WithoutAliases(yaml.SafeDumper):
    """Writes a repeated value out again: CloudFormation refuses YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(template: dict[str, Any]) -> str:
    """Return a template as YAML, in the order of its keys."""
    # Quoted versions and digits stay text; the order is the one given, not the alphabet's.
    return str(yaml.dump(template, Dumper=_WithoutAliases, sort_keys=False, width=110, allow_unicode=True))
