"""Commands of the AWS CLI with which a consumer signs in. They contain no secret."""

from onboarding.consumers.sign_in import ConsumerSignIn

# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
MOST_TOKEN_SECONDS = 129_600
# Of a session that another role's credentials request: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
CHAINED_SECONDS = 3_600


# https://docs.aws.amazon.com/cli/latest/reference/sts/assume-role.html
def assume_role_command(sign_in: ConsumerSignIn, *, seconds: int) -> str:
    """Return the command that assumes the consumer's role for so many seconds."""
    return _joined(
        f"{_fips(sign_in)}aws sts assume-role",
        f"--region {sign_in.region}",
        f"--role-arn {sign_in.role_arn}",
        f"--role-session-name consumer-{sign_in.name}",
        f"--external-id '{sign_in.external_id}'",
        f"--duration-seconds {seconds}",
    )


# https://docs.aws.amazon.com/cli/latest/reference/sts/get-session-token.html
def session_token_command(region: str, *, is_fips: bool = False) -> str:
    """Return the command with which an IAM user gets temporary credentials, for as long as AWS allows."""
    prefix = "AWS_USE_FIPS_ENDPOINT=true " if is_fips else ""
    return _joined(
        f"{prefix}aws sts get-session-token", f"--region {region}", f"--duration-seconds {MOST_TOKEN_SECONDS}"
    )


def _joined(*parts: str) -> str:
    return " \\\n  ".join(parts) + "\n"


def _fips(sign_in: ConsumerSignIn) -> str:
    return "AWS_USE_FIPS_ENDPOINT=true " if sign_in.is_fips else ""
