"""The audit trail becomes append-only, and each event a link of its tenant's chain of hashes."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


# What an event's hash covers, as one JSON array in PostgreSQL's own form: the first element is the form's version.
# portal/tenancy/audit_chain.py has the same expression, so that a check does not depend on a function in the database.
CANONICAL = """
CREATE FUNCTION tenancy_audit_canonical(e tenancy_auditevent, place bigint, previous text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        1, coalesce(e.tenant_id, 0), place, previous, e.id,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.actor, e.action, e.target, e.object_type, e.object_id, e.reason, e.address, e.request_id, e.details
    )::text
$$
"""

APPEND = """
CREATE FUNCTION tenancy_audit_append(e tenancy_auditevent) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    last_position bigint := 0;
    last_hash text := repeat('0', 64);
BEGIN
    SELECT l.position, l.hash INTO last_position, last_hash FROM tenancy_auditlink l
        WHERE l.chain = coalesce(e.tenant_id, 0) ORDER BY l.position DESC LIMIT 1;
    last_position := coalesce(last_position, 0) + 1;
    last_hash := coalesce(last_hash, repeat('0', 64));
    INSERT INTO tenancy_auditlink (event_id, chain, position, previous_hash, hash) VALUES (
        e.id, coalesce(e.tenant_id, 0), last_position, last_hash,
        encode(sha256(convert_to(tenancy_audit_canonical(e, last_position, last_hash), 'UTF8')), 'hex')
    );
END $$
"""

# It runs with its owner's rights and believes what it is given, so the trigger alone may call it.
NOT_FOR_ALL = "REVOKE ALL ON FUNCTION tenancy_audit_append(tenancy_auditevent) FROM PUBLIC"

# The chains of this transaction, each under the number of its lock, so that all locks are taken in one order.
REMEMBER = """
CREATE FUNCTION tenancy_audit_remember() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
    key text := hashtext(coalesce(NEW.tenant_id, 0)::text)::text;
    known text[] := string_to_array(coalesce(current_setting('sluice.audit_chains', true), ''), ',');
BEGIN
    IF NOT key = ANY (known) THEN
        PERFORM set_config('sluice.audit_chains', array_to_string(known || key, ','), true);
    END IF;
    RETURN NULL;
END $$
"""

# Runs at the commit, in the server alone: a client that is paused holds no chain. Each query after the lock sees what
# the previous holder committed, which is visible before PostgreSQL releases its lock.
CHAIN = """
CREATE FUNCTION tenancy_audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    key int;
BEGIN
    FOR key IN
        SELECT DISTINCT k::int FROM unnest(
            string_to_array(coalesce(current_setting('sluice.audit_chains', true), ''), ',')
            || hashtext(coalesce(NEW.tenant_id, 0)::text)::text
        ) k WHERE k <> '' ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(hashtext('audit-chain'), key);
    END LOOP;
    PERFORM tenancy_audit_append(NEW);
    RETURN NULL;
END $$
"""

REFUSE = """
CREATE FUNCTION tenancy_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""

TRIGGERS = """
CREATE TRIGGER audit_remember AFTER INSERT ON tenancy_auditevent
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit_remember();
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON tenancy_auditevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit_chain();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenancy_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenancy_auditlink
    FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_refuse();
"""

EXISTING = """
DO $$
DECLARE
    e tenancy_auditevent;
BEGIN
    FOR e IN SELECT * FROM tenancy_auditevent ORDER BY id LOOP
        PERFORM tenancy_audit_append(e);
    END LOOP;
END $$
"""

REMOVED = """
DROP TRIGGER audit_remember ON tenancy_auditevent;
DROP TRIGGER audit_chain ON tenancy_auditevent;
DROP TRIGGER audit_append_only ON tenancy_auditevent;
DROP TRIGGER audit_append_only ON tenancy_auditlink;
DROP FUNCTION tenancy_audit_chain();
DROP FUNCTION tenancy_audit_remember();
DROP FUNCTION tenancy_audit_append(tenancy_auditevent);
DROP FUNCTION tenancy_audit_canonical(tenancy_auditevent, bigint, text);
DROP FUNCTION tenancy_audit_refuse();
"""


def install(apps, schema_editor):
    """Create the functions and triggers, and chain the events that there are, in the order of their IDs."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        [schema] = cursor.fetchone()
    for statement in (CANONICAL, APPEND, NOT_FOR_ALL, REMEMBER, CHAIN, REFUSE):
        schema_editor.execute(statement.replace("{schema}", schema), params=None)
    schema_editor.execute(EXISTING, params=None)
    schema_editor.execute(TRIGGERS, params=None)


def remove(apps, schema_editor):
    """Drop them; the events stay."""
    schema_editor.execute(REMOVED, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('event', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='link', serialize=False, to='tenancy.auditevent')),
                ('chain', models.BigIntegerField(help_text="The tenant's ID, or 0 for acts without a tenant.")),
                ('position', models.BigIntegerField()),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name='auditevent',
            name='address',
            field=models.CharField(blank=True, db_default='', help_text='The IP address that the request came from.', max_length=45),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='object_id',
            field=models.CharField(blank=True, db_default='', max_length=40),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='object_type',
            field=models.CharField(blank=True, db_default='', max_length=30),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='reason',
            field=models.CharField(blank=True, db_default='', help_text='Why, if the person was asked.', max_length=300),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='request_id',
            field=models.CharField(blank=True, db_default='', max_length=32),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True, editable=False),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='target',
            field=models.CharField(blank=True, help_text="The object's name.", max_length=200),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['tenant', '-at', '-id'], name='audit_of_tenant_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='auditlink',
            constraint=models.UniqueConstraint(fields=('chain', 'position'), name='audit_link_once_in_chain'),
        ),
        migrations.RunPython(install, remove),
    ]
