"""The rows that a step may write, in PostgreSQL."""

from onboarding.provisioning.credential_ledger import CredentialLedger
from onboarding.provisioning.resource_ledger import ResourceLedger


class DatabaseLedger(CredentialLedger, ResourceLedger):
    """onboarding.provisioning.ledger_protocol.Ledger, kept in PostgreSQL."""
