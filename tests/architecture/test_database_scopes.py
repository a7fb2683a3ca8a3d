"""One module sets whose rows a statement may see, and only the places listed here open every tenant's."""

import ast

from portal.database_scope import SETTING
from tests.architecture.tree import CODE, ROOT, modules, parsed

# The function that chains audit events is PostgreSQL's, and enters the scope of its chain by itself.
OWNERS = {
    "portal/database_scope.py",
    "portal/isolation.py",
    "portal/tenancy/migrations/0005_row_level_security.py",
    "portal/tenancy/request_scope.py",
}
# Where every tenant's rows may be seen: what is scheduled for all, what staff may see, and what compares tenants.
EVERY_TENANT = {
    "monitoring/tasks.py": 6,
    "monitoring/wall_links.py": 2,
    "onboarding/connections/account_holder.py": 1,
    "onboarding/connections/external_ids.py": 1,
    "onboarding/integrations/adoption.py": 1,
    "onboarding/integrations/orphaned_keys.py": 1,
    "onboarding/rotations/schedule.py": 1,
    "onboarding/tasks.py": 13,
    "portal/command_line.py": 1,
    "portal/database_scope.py": 1,
    "portal/demo/run.py": 1,
    "portal/event_access.py": 1,
    "portal/outbox/outbox.py": 1,
    "portal/outbox/tasks.py": 3,
    "portal/readiness.py": 1,
    "portal/tenancy/access.py": 2,
    "portal/tenancy/audit.py": 1,
    "portal/tenancy/site.py": 1,
    "portal/tenancy/tasks.py": 1,
}


def texts() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in modules(*CODE)}


def openings(text: str) -> list[ast.Call]:
    """Each call of `every_tenant`."""
    calls = [node for node in ast.walk(parsed(text)) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "every_tenant"]


def test_no_other_code_names_the_setting_or_the_context() -> None:
    names = (
        SETTING,
        "set_config(",
        "database_scope._entered",
        "database_scope.Scope",
        "import Scope",
        "database_scope.again",
    )
    assert {name for name, text in texts().items() if any(part in text for part in names)} <= OWNERS


def test_every_tenant_is_opened_only_where_it_is_listed_and_with_a_reason() -> None:
    found = {name: openings(text) for name, text in texts().items()}
    assert {name: len(calls) for name, calls in found.items() if calls} == EVERY_TENANT
    for name, calls in found.items():
        assert all(isinstance(call.args[0], ast.Constant) and call.args[0].value for call in calls), name


def test_every_task_enters_a_scope() -> None:
    """A task begins without one, so one that forgets it finds no row."""
    for name in ("onboarding/tasks.py", "monitoring/tasks.py"):
        assert "database_scope" in texts()[name], name
