"""The permission report as the page shows it: checks in groups, each group with its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

_LOOKS = {True: "healthy", False: "failing", None: "unknown"}


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Permission checks that belong together; the worst of them gives the look."""

    title: str
    checks: list[dict[str, Any]]
    look: str
    result: str


def check_groups(report: Mapping[str, Any]) -> list[CheckGroup]:
    """Return the report's checks in groups, in the order in which they ran."""
    found: dict[str, list[dict[str, Any]]] = {}
    for check in report.get("lines", []):
        found.setdefault(check["group"], []).append(
            {**check, "look": _LOOKS[check["passed"]], "result": _result(check)}
        )
    return [_group(title, checks) for title, checks in found.items()]


def _group(title: str, checks: list[dict[str, Any]]) -> CheckGroup:
    failed = sum(check["passed"] is False for check in checks)
    unknown = sum(check["passed"] is None for check in checks)
    passed = len(checks) - failed - unknown
    look = "failing" if failed else "healthy" if passed else "unknown"
    counts = [_("%(count)d passed") % {"count": passed}] if passed else []
    counts += [_("%(count)d failed") % {"count": failed}] if failed else []
    counts += [_("%(count)d unknown") % {"count": unknown}] if unknown else []
    checks.sort(key=lambda check: {False: 0, None: 1, True: 2}[check["passed"]])
    return CheckGroup(title, checks, look, " · ".join(counts))


def _result(check: Mapping[str, Any]) -> str:
    if check["passed"] is None:
        return _("still propagating") if check["cause"] == "still propagating" else _("unknown")
    if check["passed"]:
        return f"{check['verdict']}, as expected" if check["should_be"] == "denied" else "allowed"
    return f"{check['verdict']}, expected {check['should_be']}"
