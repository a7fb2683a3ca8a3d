"""The vendor's feed: events, and the place that PostgreSQL gives each of them when it is committed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import onboarding.models.identifiers
from portal import isolation

# Runs at the commit, after every row lock. One transaction at a time has the feed's lock, until others see what it has
# committed; so no event ever appears before one that a reader has seen. The chains of the audit trail are locked first,
# in the order of tenancy's migration 0002: a transaction that adds to both would otherwise wait for another the wrong
# way round. Places have no gaps, and the newest is never deleted, so none is given twice.
PLACE = """
CREATE FUNCTION onboarding_vendorevent_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    key int;
BEGIN
    FOR key IN
        SELECT DISTINCT k::int FROM unnest(
            string_to_array(coalesce(current_setting('sluice.audit_chains', true), ''), ',')
        ) k WHERE k <> '' ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(hashtext('audit-chain'), key);
    END LOOP;
    PERFORM pg_advisory_xact_lock(hashtext('vendor-feed'), 0);
    INSERT INTO onboarding_vendoreventplace (event_id, position)
        SELECT NEW.id, coalesce(max(position), 0) + 1 FROM onboarding_vendoreventplace;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER vendor_feed AFTER INSERT ON onboarding_vendorevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION onboarding_vendorevent_place()
"""
REMOVED = """
DROP TRIGGER vendor_feed ON onboarding_vendorevent;
DROP FUNCTION onboarding_vendorevent_place();
"""


def install(apps, schema_editor):
    """Create the function and its trigger."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        [schema] = cursor.fetchone()
    schema_editor.execute(PLACE.replace("{schema}", schema), params=None)
    schema_editor.execute(TRIGGER, params=None)


def remove(apps, schema_editor):
    """Drop them; the events stay."""
    schema_editor.execute(REMOVED, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0019_proved_keys'),
        ('tenancy', '0006_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='VendorEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('ready', 'Key ready'), ('rotated', 'Key rotated'), ('revoked', 'Key revoked'), ('endpoint-changed', 'Endpoint changed'), ('role-ready', 'Role ready'), ('test-requested', 'Test requested')], max_length=16)),
                ('key_uid', models.CharField(blank=True, help_text="The vendor's encrypted copy.", max_length=12)),
                ('access_key_id', models.CharField(blank=True, max_length=128)),
                ('facts', models.JSONField(default=dict, help_text='Public facts of this kind of event.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vendor_events', to='onboarding.integration')),
            ],
            options={'ordering': ['pk']},
        ),
        migrations.CreateModel(
            name='VendorEventPlace',
            fields=[
                ('event', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='place', serialize=False, to='onboarding.vendorevent')),
                ('position', models.BigIntegerField(unique=True)),
            ],
        ),
        isolation.by_row("onboarding_vendorevent", integration_id="onboarding_integration"),
        migrations.RunPython(install, remove),
    ]
