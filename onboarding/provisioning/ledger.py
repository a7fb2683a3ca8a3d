"""The rows that a step may write, in PostgreSQL."""

from onboarding.provisioning.credential_ledger import CredentialLedger
from onboarding.provisioning.resource_ledger import ResourceLedger
from onboarding.provisioning.role_ledger import RoleLedger


class DatabaseLedger(CredentialLedger, ResourceLedger, RoleLedger):
    """onboarding.provisioning.ledger_protocol.Ledger, kept in PostgreSQL."""
