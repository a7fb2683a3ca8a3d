"""What a trust test means: from its three outcomes to what a person reads."""

from datetime import timedelta

from onboarding.models.connection import Connection
from portal.aws.sts import Outcome, TrustReport


def verdict(report: TrustReport, connection: Connection) -> dict[str, str]:
    """Return what happened, whose side it is on and what to do, for the outcomes of a trust test."""
    if report.right is Outcome.UNKNOWN:
        return words("AWS did not answer.", "Usually temporary.", "Try again in a minute.")
    if report.right is not Outcome.ALLOWED:
        return words(
            "AWS denied access to the role.",
            "The cause is in the AWS account of the role: the role does not exist, or it does not trust "
            "this portal with this external ID.",
            _how_to_mend(connection),
        )
    if report.account_id not in {None, connection.account_id}:
        return words(
            f"The role is in account {report.account_id}.",
            f"The connection is for account {connection.account_id}.",
            "Enter the ARN of a role in the correct account.",
        )
    if not report.trusted:
        return words(
            "The role does not require the external ID.",
            "This is unsafe: someone else could use this portal to access your account.",
            "Restore the sts:ExternalId condition of the template in the role's trust policy, then verify again.",
        )
    return words("The role works and requires your external ID.", "", "")


def words(what: str, whose: str, todo: str) -> dict[str, str]:
    """Return the three parts of a report as the row keeps them."""
    return {"what": what, "whose": whose, "todo": todo}


def _how_to_mend(connection: Connection) -> str:
    if connection.verified_at:
        return (
            "The role was deleted or its trust policy was changed. Deploy the template again. Sluice verifies the role "
            "on a schedule, or choose Verify role again."
        )
    renewed = connection.external_id_made_at - connection.created_at > timedelta(minutes=1)
    again = f" The external ID was renewed on {connection.external_id_made_at:%d %B %Y}: a role from an earlier "
    again += "template does not contain it, so download the template again."
    return (
        "Deploy the downloaded template without changes and verify the role again. New roles can take up to "
        f"a minute to become active.{again if renewed else ''}"
    )
