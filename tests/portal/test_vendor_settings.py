"""The vendor's principal: one user or role, and not the portal's own."""

import pytest

from portal.env import BadEnvironment
from portal.vendor_settings import check_vendor_principal

PORTAL = "arn:aws:iam::999900001111:role/apps/sluice-portal"


def checked(arn: str, portal: str = PORTAL) -> str:
    return check_vendor_principal("SLUICE_VENDOR_PRINCIPAL_ARN", arn, portal_arn=portal)


@pytest.mark.parametrize(
    "arn", ["", "arn:aws:iam::999900001111:role/sender", "arn:aws-us-gov:iam::999900001111:user/apps/sender"]
)
def test_one_user_or_role_is_accepted(arn: str) -> None:
    assert checked(arn) == arn


@pytest.mark.parametrize(
    "arn",
    [
        "*",
        "sender",
        "arn:aws:iam::999900001111:root",
        "arn:aws:iam::999900001111:role/*",
        "arn:aws:iam::999900001111:role/",
        "arn:aws:iam::99990000111:role/sender",
        "arn:aws:iam::999900001111:role/sender, arn:aws:iam::999900001111:role/other",
        "arn:aws:sts::999900001111:assumed-role/sender/session",
        "arn:aws:iam::999900001111:group/senders",
    ],
)
def test_anything_wider_or_else_is_refused(arn: str) -> None:
    with pytest.raises(BadEnvironment, match="must be the ARN of one IAM user or role"):
        checked(arn)


@pytest.mark.parametrize(
    "portal",
    [
        PORTAL,
        "arn:aws:iam::999900001111:role/sluice-portal",
        "arn:aws:sts::999900001111:assumed-role/sluice-portal/i-0123456789abcdef0",
    ],
)
def test_the_portals_own_principal_is_refused_however_it_is_named(portal: str) -> None:
    with pytest.raises(BadEnvironment, match="principal of the portal itself"):
        checked(PORTAL, portal)


def test_a_user_with_the_name_of_the_portals_role_is_another() -> None:
    assert checked("arn:aws:iam::999900001111:user/sluice-portal")
