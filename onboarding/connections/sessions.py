"""Sessions of a connection's role in the client's account."""

from onboarding.models.connection import Connection
from portal.aws.session import AwsSession, assume_role, assume_role_anew
from portal.aws.sts import TrustReport, check_trust


def session_for(connection: Connection, region: str, purpose: str, *, fips: bool = False) -> AwsSession:
    """Return a session of the connection's role; the purpose stands in the client's CloudTrail. Raises AwsFault.

    With `fips` it is made, and calls AWS, through FIPS endpoints.
    """
    return assume_role(
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-{purpose}"[:64],
        region=region,
        fips=fips,
    )


def session_anew(connection: Connection, region: str, purpose: str, *, fips: bool = False) -> AwsSession:
    """Return a session as session_for does, by asking AWS now. Raises AwsFault."""
    return assume_role_anew(
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-{purpose}"[:64],
        region=region,
        fips=fips,
    )


def checking_session(connection: Connection, region: str) -> AwsSession:
    """Return a short session in which the role's permissions are read. Raises AwsFault."""
    return assume_role_anew(
        role_arn=connection.role_arn or connection.usual_role_arn,
        external_id=connection.external_id,
        session_name=f"sluice-rights-{connection.uid}",
        region=region,
        duration_seconds=900,
    )


def trust_report(connection: Connection, role_arn: str) -> TrustReport:
    """Try the role with the right, a wrong and no external ID, and return the outcomes."""
    return check_trust(
        role_arn=role_arn, external_id=connection.external_id, session_name=f"sluice-verify-{connection.uid}"
    )
