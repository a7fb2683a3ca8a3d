"""The lanes of background work: Celery queues, so that much of one kind holds no other kind up."""

PROVISIONING, VERIFICATION, METRICS, HOUSEKEEPING = "provisioning", "verification", "metrics", "housekeeping"
OUTBOX, RECORDS = "outbox", "records"
LANES = (PROVISIONING, VERIFICATION, METRICS, HOUSEKEEPING, OUTBOX, RECORDS)

# Every task, and its lane. What only asks for other tasks runs in the lane whose work it asks for, except where that
# lane can be full of it.
ROUTES = {
    "accounts.mail_reset_link": VERIFICATION,
    "onboarding.advance_run": PROVISIONING,
    "onboarding.advance_revocation": VERIFICATION,
    "onboarding.advance_rotation": VERIFICATION,
    "onboarding.check_connection": VERIFICATION,
    "onboarding.check_integration_drift": VERIFICATION,
    "onboarding.check_key_trail": VERIFICATION,
    "onboarding.read_key_events": VERIFICATION,
    "onboarding.check_key_use": VERIFICATION,
    "onboarding.check_resource": VERIFICATION,
    "onboarding.recheck_connection": VERIFICATION,
    "monitoring.check_alerts": HOUSEKEEPING,
    "monitoring.check_alerts_of_tenant": HOUSEKEEPING,
    "monitoring.escalate_alerts": OUTBOX,
    "monitoring.notify_of_fields": HOUSEKEEPING,
    "monitoring.make_reports": HOUSEKEEPING,
    "monitoring.make_report_of_tenant": METRICS,
    "monitoring.collect_connection": METRICS,
    "monitoring.delete_old_reads": HOUSEKEEPING,
    "monitoring.diagnose": VERIFICATION,
    "monitoring.collect_metrics": METRICS,
    "monitoring.read_failures": METRICS,
    "monitoring.read_history": RECORDS,
    "monitoring.read_range": METRICS,
    "monitoring.read_readers": METRICS,
    "monitoring.show_connection": METRICS,
    "outbox.deliver": OUTBOX,
    "outbox.sweep": OUTBOX,
    "outbox.delete_old": HOUSEKEEPING,
    "onboarding.check_drift": HOUSEKEEPING,
    "onboarding.delete_old_vendor_events": HOUSEKEEPING,
    "onboarding.check_keys_trail": HOUSEKEEPING,
    "onboarding.check_keys_use": HOUSEKEEPING,
    "onboarding.expire_external_ids": HOUSEKEEPING,
    "onboarding.finish_producer_moves": HOUSEKEEPING,
    "onboarding.notify_of_expiring_keys": HOUSEKEEPING,
    "onboarding.recheck_connections": HOUSEKEEPING,
    "onboarding.sweep_checks": HOUSEKEEPING,
    "onboarding.sweep_orphaned_keys": HOUSEKEEPING,
    "onboarding.rotate_old_keys": HOUSEKEEPING,
    "onboarding.sweep_rotations": HOUSEKEEPING,
    "tenancy.clear_sessions": HOUSEKEEPING,
    "tenancy.notify_of_expiring_tokens": HOUSEKEEPING,
    "onboarding.sweep_runs": PROVISIONING,
}
