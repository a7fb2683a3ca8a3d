"""What a trust test means: from its three outcomes to what a person reads."""

from datetime import timedelta

from onboarding.models.connection import Connection
from portal.aws.sts import Outcome, TrustReport


def verdict(report: TrustReport, connection: Connection) -> dict[str, str]:
    """Return what happened, whose side it is on and what to do, for the outcomes of a trust test."""
    if report.right is Outcome.UNKNOWN:
        return words("AWS did not answer.", "Nobody's fault yet.", "Try again in a minute.")
    if report.right is not Outcome.ALLOWED:
        return words(
            "AWS refused the role.",
            "This is on the side of the account that has the role: it does not exist, or it does not trust "
            "this portal with this external ID.",
            _how_to_mend(connection),
        )
    if report.account_id not in {None, connection.account_id}:
        return words(
            f"The role is in account {report.account_id}.",
            f"The connection is for account {connection.account_id}.",
            "Give the ARN of the role in the right account.",
        )
    if not report.trusted:
        return words(
            "The role also opens without the right external ID.",
            "That is unsafe for you: somebody else could have this portal act in your account.",
            "Put the sts:ExternalId condition of the template back into the role's trust policy, and verify again.",
        )
    return words("The role works, and refuses whoever does not give the external ID.", "", "")


def words(what: str, whose: str, todo: str) -> dict[str, str]:
    """Return the three parts of a report as the row keeps them."""
    return {"what": what, "whose": whose, "todo": todo}


def _how_to_mend(connection: Connection) -> str:
    if connection.verified_at:
        return (
            "Somebody deleted the role or changed its trust policy since. Deploy the template again; Sluice notices by "
            "itself, or verify again here."
        )
    renewed = connection.external_id_made_at - connection.created_at > timedelta(minutes=1)
    again = f" The external ID was renewed on {connection.external_id_made_at:%d %B %Y}: a role from an earlier "
    again += "template does not know it, so take the template again."
    return (
        "Deploy the template as it was downloaded and verify again. A role made a moment ago can take half "
        f"a minute to be known everywhere.{again if renewed else ''}"
    )
