"""Which addresses the portal may connect to for someone: public ones alone.

`is_global` alone is too generous: it accepts forms that carry another address (IPv4 in IPv6, 6to4, NAT64, Teredo), and
a few services that clouds serve on public addresses inside their networks.
https://docs.python.org/3/library/ipaddress.html#ipaddress.IPv4Address.is_global
https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_REFUSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "168.63.129.16/32",  # Azure's platform services
            "169.254.0.0/16",  # link-local; instance metadata of most clouds
            "192.0.0.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "198.18.0.0/15",  # benchmarks
            "224.0.0.0/3",  # multicast and reserved
        ),
    )
)
# Only global unicast is routed on the Internet; within it, forms that carry an IPv4 address, and documentation.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_REFUSED_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(text: str) -> bool:
    """Return whether an address, as text, is a public unicast address that carries no other."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_4(address)
    return _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _REFUSED_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id or address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in network for network in _REFUSED_6)
