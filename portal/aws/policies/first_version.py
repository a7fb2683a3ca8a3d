"""The policies of the first version of the grant, as roles that were never updated have them.

A role that may not read its own policies is older than that permission. What it has is not known exactly; these
documents are the least that it has.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from string import Template

from portal.aws.policies.statements import Document

_FILE = Path(__file__).with_name("first_version.json")


def first_version(
    account_id: str, name_prefix: str, partition: str = "aws", *, suffix: str = ""
) -> dict[str, Document]:
    """Return the documents of the first version by key: one permissions boundary, and the role's three policies."""
    dns = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    names = {"account": account_id, "prefix": name_prefix, "partition": partition, "suffix": suffix, "dns": dns}
    found: dict[str, Document] = json.loads(_template().substitute(names))
    return found


@cache
def _template() -> Template:
    return Template(_FILE.read_text())
