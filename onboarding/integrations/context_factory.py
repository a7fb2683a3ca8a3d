"""From a run's row to everything its steps need: the plan, a session in the client's account, the ledger, the vault."""

from dataclasses import replace

from onboarding.connections.grant import lacks
from onboarding.connections.sessions import session_anew, session_for
from onboarding.credentials.key_places import Holder
from onboarding.credentials.recipients import known_recipients
from onboarding.credentials.vault import SealerVault
from onboarding.models.connection import Connection
from onboarding.models.run import Run
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import Context, Terms
from onboarding.provisioning.ledger import DatabaseLedger
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.plan_factory import connected, plan_of_run
from onboarding.provisioning.removal_workflow import wanted_by
from onboarding.spec import integration_spec as specs
from portal.aws.policies.fan_out import REGISTER
from portal.aws.policies.shares import READ_POLICY


def open_run(run: Run, claim: Claim) -> Context:
    """Return the context of a claimed run. Raises AwsFault when the account cannot be entered, Refused in words."""
    spec = specs.from_row(run.spec)
    # Only the step that creates an access key needs them: all others go on after a recipient's key has expired.
    recipients, cannot_encrypt = ((), None) if run.is_removal else known_recipients(run.integration, spec)
    plan = replace(plan_of_run(run.integration, spec, recipients), cannot_encrypt=cannot_encrypt)
    vendor = next((recipient.fingerprint for recipient in recipients if recipient.is_vendor), "")
    # A removal asks for its way in each time: a session of before a role was deleted is refused call by call.
    open_session = session_anew if run.is_removal else session_for
    fips = spec.stream.endpoint.is_fips
    aws = open_session(
        connected(run.integration), spec.stream.region, f"run-{run.pk}", stream_arn=plan.stream_arn, fips=fips
    )
    ledger = DatabaseLedger(claim, run.integration, vendor_fingerprint=vendor, only_own=run.is_rotation)
    vault = SealerVault(Holder(run.pk, run.integration.tenant_id))
    return Context(plan=plan, aws=aws, ledger=ledger, vault=vault, terms=terms_of(run, plan))


def may_set_log_retention(connection: Connection) -> bool:
    """Return whether the role may set the retention period of log groups; one of an older template may not."""
    return not lacks(connection, "logs:PutRetentionPolicy")


def may_share(connection: Connection) -> bool:
    """Return whether the client allows Sluice to set resource policies, and the role is not older than that."""
    return connection.allow_sharing and not lacks(connection, READ_POLICY)


def may_fan_out(connection: Connection) -> bool:
    """Return whether the client allows Sluice to register consumers, and the role is not older than that."""
    return connection.allow_fanout and not lacks(connection, REGISTER)


def terms_of(run: Run, plan: Plan) -> Terms:
    """Return what a run may remove: all that was made, or what its spec does not want any more."""
    connection = connected(run.integration)
    may_delete, may_read = connection.allow_deletion, connection.allow_sampling
    if run.is_removal:
        return Terms(
            delete_data=run.delete_data,
            may_delete=may_delete,
            may_read=may_read,
            may_share=may_share(connection),
            may_fan_out=may_fan_out(connection),
        )
    accepted = run.integration.drift.filter(accepted_at__isnull=False)
    return Terms(
        accept_loss=run.accept_loss,
        may_delete=may_delete,
        may_read=may_read,
        may_set_log_retention=may_set_log_retention(connection),
        may_share=may_share(connection),
        may_fan_out=may_fan_out(connection),
        wanted=wanted_by(plan),
        remediations=frozenset(run.repairs),
        accepted=frozenset(remediation for finding in accepted for remediation in finding.repairs),
    )
