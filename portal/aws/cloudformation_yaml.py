"""CloudFormation templates as text."""

from __future__ import annotations

from typing import Any

import yaml

_SHORT = 80  # characters of two texts that stand in one line


class _WithoutAliases(yaml.SafeDumper):
    """Writes a repeated value out again: CloudFormation refuses YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Compact(_WithoutAliases):
    """Writes one or two short texts of a list in one line."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        is_short = len(sequence) == 1 or (len(sequence) == 2 and sum(map(len, map(str, sequence))) < _SHORT)
        in_line = is_short and all(isinstance(item, str) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=in_line or flow_style)


def as_yaml(template: dict[str, Any], *, is_compact: bool = False) -> str:
    """Return a template as YAML, in the order of its keys; a compact one has short lists in one line."""
    dumper = _Compact if is_compact else _WithoutAliases
    # Quoted versions and digits stay text; the order is the one given, not the alphabet's.
    return str(yaml.dump(template, Dumper=dumper, sort_keys=False, width=110, allow_unicode=True))
