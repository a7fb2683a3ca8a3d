"""What the vendor configures about itself: its principal, the networks it sends from, where its keys are mailed."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from portal.env import BadEnvironment

_PRINCIPAL = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):(user|role)/([A-Za-z0-9_+=,.@/-]*[A-Za-z0-9_+=,.@-])")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)(?:/.*)?")


def check_vendor_principal(name: str, arn: str, *, portal_arn: str) -> str:
    """Return the ARN of the vendor's user or role, or "" where none is set. Raises BadEnvironment.

    It is one user or one role: with an account or a session as principal, a role would trust more than the sender. It
    is not the portal's own, which has access to clients' accounts already.
    """
    if not arn:
        return ""
    if not _PRINCIPAL.fullmatch(arn):
        example = "arn:aws:iam::999900001111:role/sender"
        raise BadEnvironment(f"{name} is '{arn}'; it must be the ARN of one IAM user or role, like {example}.")
    if _identity(arn) == _identity(portal_arn):
        raise BadEnvironment(f"{name} is the principal of the portal itself; the vendor's sender needs its own.")
    return arn


_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?")


def check_key_mail(name: str, address: str, *, has_mail: bool) -> str:
    """Return the address to which the vendor's copies of access keys are mailed, or "". Raises BadEnvironment."""
    if address and not _ADDRESS.fullmatch(address):
        raise BadEnvironment(f"{name} is '{address}'; it must be one address, like keys@vendor.example.")
    if address and not has_mail:
        raise BadEnvironment(f"{name} is set, but SLUICE_MAIL_URL is not, so nothing can be mailed.")
    return address


# The policy of a producer has at most 6,144 characters, and a network in it up to 46.
MOST_NETWORKS = 40
_Network = IPv4Network | IPv6Network


def check_networks(name: str, given: Sequence[str], *, are_private: bool = False) -> tuple[str, ...]:
    """Return networks in CIDR notation, each once and in order: IPv4 first. Raises BadEnvironment.

    They are those from which the vendor's sender reaches AWS over the internet, so they are public; with `are_private`
    those from which it reaches a VPC endpoint, so they are not.
    """
    found = [_network(name, text, are_private=are_private) for text in given]
    for position, network in enumerate(found):
        for other in found[:position]:
            if network.version == other.version and network.overlaps(other):
                raise BadEnvironment(f"{name} has both '{other}' and '{network}', which overlap. Remove one of them.")
    if len(found) > MOST_NETWORKS:
        raise BadEnvironment(
            f"{name} has {len(found)} networks; a policy has room for {MOST_NETWORKS}. Combine neighbouring ones."
        )
    return tuple(str(network) for network in sorted(found, key=_order))


def _order(network: _Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen


def _network(name: str, text: str, *, are_private: bool) -> _Network:
    try:
        network = ip_network(text)
    except ValueError:
        message = f"{name} has '{text}'; a network is like 198.51.100.0/24 or 2001:db8::/48, without bits of a host."
        raise BadEnvironment(message) from None
    if network.prefixlen == 0:
        raise BadEnvironment(f"{name} has '{text}', which is every address: it would restrict nothing.")
    if are_private:
        if not network.is_private or _is_unusable(network):
            raise BadEnvironment(f"{name} has '{text}', which is no private network of a VPC.")
    elif not network.is_global or _is_unusable(network):
        raise BadEnvironment(f"{name} has '{text}', from which nothing reaches AWS over the internet.")
    return network


def _is_unusable(network: _Network) -> bool:
    return network.is_loopback or network.is_link_local or network.is_multicast or network.is_unspecified


def _identity(arn: str) -> tuple[str, ...]:
    """Return what is the same of a role and of a session of it, which is named without the role's path."""
    if found := _PRINCIPAL.fullmatch(arn):
        return (found[1], found[2], found[3], found[4].rpartition("/")[2])
    if found := _SESSION.fullmatch(arn):
        return (found[1], found[2], "role", found[3])
    return (arn,)
