"""The policies of row-level security: which rows of a table belong to the scope (portal/database_scope.py).

A migration isolates a table in one line: `isolation.by_tenant("app_table")` where rows name their tenant, and
`isolation.by_row("app_table", parent_id="app_parent")` where they belong to a row of another table, whose own policy
then decides. tests/portal/test_isolation.py fails for a table with neither, unless WITHOUT_TENANT says why.

The scope is read once for each statement, not for each row: it is a subquery that depends on no row.
https://www.postgresql.org/docs/current/sql-createpolicy.html
"""

from django.db.migrations import RunSQL

from portal.database_scope import SETTING

# Tables that hold no tenant's data, each with the reason.
WITHOUT_TENANT = {
    "account_emailaddress": "django-allauth's; not used",
    "account_emailconfirmation": "django-allauth's; not used",
    "accounts_identity": "how a person signs in at an issuer, for all their tenants",
    "accounts_signedin": "a person's session",
    "accounts_signuprequest": "of people without a tenant, who ask for an account",
    "auth_group": "Django's; not used",
    "auth_group_permissions": "Django's; not used",
    "auth_permission": "Django's names of permissions",
    "django_admin_log": "what staff did in the admin, which is not of one tenant",
    "django_content_type": "Django's names of models",
    "django_migrations": "the state of the schema",
    "django_session": "found by its secret key, before anyone is known; its rows have no tenant",
    "mfa_authenticator": "a person's second factors",
    "monitoring_namedview": "how a person looks at a board: the words they search for, and no data of a tenant",
    "onboarding_vendoreventplace": "numbers of events, without content",
    "outbox_notificationchoice": "what a person chose for all their tenants",
    "tenancy_apitoken": "found by its hash, before its person and a tenant are known; it is a person's",
    "tenancy_user": "a person may belong to several tenants, and signs in before a tenant is known",
    "tenancy_user_groups": "Django's; not used",
    "tenancy_user_user_permissions": "Django's; not used",
}

_SCOPE = f"current_setting('{SETTING}', true)"
_IS_EVERY = f"(SELECT split_part({_SCOPE}, '/', 1) = '*')"
_TENANTS = f"(SELECT string_to_array(nullif(split_part({_SCOPE}, '/', 1), '*'), ',')::bigint[])"
_PERSON = f"(SELECT nullif(split_part({_SCOPE}, '/', 2), '')::bigint)"


def by_tenant(table: str, *, column: str = "tenant_id") -> RunSQL:
    """Return the migration that isolates a table whose rows name their tenant."""
    return _isolated(table, f"{_IS_EVERY} OR {column} = ANY (({_TENANTS})::bigint[])")


def by_row(table: str, **parents: str) -> RunSQL:
    """Return the migration that isolates a table whose rows belong to a row of each parent: column="parent_table".

    A row belongs to the scope if every parent does; so it cannot join rows of two tenants.
    """
    visible = (f"EXISTS (SELECT FROM {parent} p WHERE p.id = {table}.{column})" for column, parent in parents.items())
    return _isolated(table, f"{_IS_EVERY} OR ({' AND '.join(visible)})")


def shown_to_person(table: str, condition: str) -> RunSQL:
    """Return the migration that also shows rows to the scope's person; `{person}` in the condition is their key."""
    return RunSQL(
        f"CREATE POLICY of_person ON {table} FOR SELECT USING ({condition.format(person=_PERSON)})",
        f"DROP POLICY of_person ON {table}",
    )


def changed_by_person(table: str, condition: str) -> RunSQL:
    """Return the migration that also lets the scope's person change such rows."""
    own = condition.format(person=_PERSON)
    return RunSQL(
        f"CREATE POLICY by_person ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own})",
        f"DROP POLICY by_person ON {table}",
    )


def _isolated(table: str, condition: str) -> RunSQL:
    return RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY of_scope ON {table} USING ({condition}) WITH CHECK ({condition})",
        ],
        [
            f"DROP POLICY of_scope ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
        ],
    )
