"""Every row of a tenant is found only in its scope: portal/isolation.py."""

from django.db import migrations

from portal import isolation

# As in migration 0002, with a scope of its own: at the commit, the chain of an event is not always in that of the last
# statement. The function is the owner's and appends to this one chain, whatever the scope.
APPEND = """
CREATE OR REPLACE FUNCTION tenancy_audit_append(e tenancy_auditevent) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    last_position bigint := 0;
    last_hash text := repeat('0', 64);
    scope text := coalesce(current_setting('sluice.scope', true), '');
BEGIN
    PERFORM set_config('sluice.scope', coalesce(e.tenant_id::text, '*') || '/', true);
    SELECT l.position, l.hash INTO last_position, last_hash FROM tenancy_auditlink l
        WHERE l.chain = coalesce(e.tenant_id, 0) ORDER BY l.position DESC LIMIT 1;
    last_position := coalesce(last_position, 0) + 1;
    last_hash := coalesce(last_hash, repeat('0', 64));
    INSERT INTO tenancy_auditlink (event_id, chain, position, previous_hash, hash) VALUES (
        e.id, coalesce(e.tenant_id, 0), last_position, last_hash,
        encode(sha256(convert_to(tenancy_audit_canonical(e, last_position, last_hash), 'UTF8')), 'hex')
    );
    PERFORM set_config('sluice.scope', scope, true);
END $$
"""


def scoped(apps, schema_editor):
    """Let the function that chains events enter the scope of its chain."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        [schema] = cursor.fetchone()
    schema_editor.execute(APPEND.replace("{schema}", schema), params=None)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_tenant_requires_second_factor")]

    operations = [
        migrations.RunPython(scoped, migrations.RunPython.noop),
        isolation.by_tenant("tenancy_tenant", column="id"),
        isolation.by_tenant("tenancy_membership"),
        isolation.by_tenant("tenancy_auditevent"),
        isolation.by_tenant("tenancy_auditlink", column="chain"),
        isolation.by_tenant("tenancy_expiringlink"),
        isolation.shown_to_person("tenancy_membership", "user_id = {person}"),
        isolation.shown_to_person(
            "tenancy_tenant",
            "EXISTS (SELECT FROM tenancy_membership m WHERE m.tenant_id = tenancy_tenant.id AND m.user_id = {person})",
        ),
    ]
