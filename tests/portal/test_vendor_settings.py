"""The vendor's principal is one user or role, and not the portal's own; its networks restrict something."""

import pytest

from portal.env import BadEnvironment
from portal.vendor_settings import MOST_NETWORKS, check_networks, check_vendor_principal

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


def networks(*given: str, **options: bool) -> tuple[str, ...]:
    return check_networks("SLUICE_VENDOR_NETWORKS", given, **options)


def test_public_networks_are_listed_in_one_order() -> None:
    assert networks("2600:1F00:0::/40", "8.8.8.8", "1.1.1.0/24") == ("1.1.1.0/24", "8.8.8.8/32", "2600:1f00::/40")
    assert networks() == ()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
        ("10.0.0.0/8", "nothing reaches AWS"),
        ("192.168.1.0/24", "nothing reaches AWS"),
        ("100.64.0.0/10", "nothing reaches AWS"),
        ("127.0.0.1", "nothing reaches AWS"),
        ("169.254.169.254", "nothing reaches AWS"),
        ("203.0.113.0/24", "nothing reaches AWS"),
        ("224.0.0.0/4", "nothing reaches AWS"),
        ("240.0.0.0/4", "nothing reaches AWS"),
        ("::1", "nothing reaches AWS"),
        ("fd00::/8", "nothing reaches AWS"),
        ("fe80::/10", "nothing reaches AWS"),
        ("ff00::/8", "nothing reaches AWS"),
        ("8.8.8.8/24", "without bits of a host"),
        ("8.8.8/24", "without bits of a host"),
        ("8.8.8.0/33", "without bits of a host"),
        ("vendor.example", "without bits of a host"),
        ("08.8.8.8", "without bits of a host"),
    ],
)
def test_a_network_that_is_none_of_the_internet_is_refused(given: str, reason: str) -> None:
    with pytest.raises(BadEnvironment, match=reason):
        networks("1.1.1.0/24", given)


@pytest.mark.parametrize("given", ["1.1.1.0/24", "1.1.1.128/25", "1.1.0.0/16", "1.1.1.7"])
def test_networks_that_overlap_are_refused(given: str) -> None:
    with pytest.raises(BadEnvironment, match="which overlap"):
        networks("1.1.1.0/24", given)


def test_more_networks_than_a_policy_holds_are_refused() -> None:
    many = [f"1.1.{number}.0/24" for number in range(MOST_NETWORKS + 1)]
    with pytest.raises(BadEnvironment, match=f"room for {MOST_NETWORKS}"):
        networks(*many)
    assert len(networks(*many[1:])) == MOST_NETWORKS


def test_networks_of_a_vpc_are_private() -> None:
    assert networks("10.20.0.0/16", "fd00:1::/48", are_private=True) == ("10.20.0.0/16", "fd00:1::/48")
    for given in ("8.8.8.0/24", "127.0.0.0/8", "0.0.0.0/0"):
        with pytest.raises(BadEnvironment):
            networks(given, are_private=True)
