"""Who is calling, behind so many reverse proxies of ours, and whose host a name is. Pure."""

from __future__ import annotations

import ipaddress

_OUR_ENDINGS = (".local", ".internal", ".lan", ".localdomain")


def is_ours(host: str) -> bool:
    """Whether a host is this machine or one of our own network: loopback, a private address, or a name that no
    public register knows. Whatever else a name says, it may be somebody else's."""
    name = host.strip().rstrip(".").casefold()
    try:
        return ipaddress.ip_address(name.strip("[]")).is_private
    except ValueError:
        return "." not in name or name.endswith(_OUR_ENDINGS)


def client_address(remote: str, forwarded: str, proxies: int) -> str:
    """The caller's IP address.

    With `proxies` reverse proxies in front, the caller is that many places from the end of
    X-Forwarded-For; whatever stands further left was written by the caller and is not believed. Without
    proxies the header is ignored. An unreadable address gives an empty text.
    """
    candidate = remote
    if proxies:
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        if len(hops) >= proxies:
            candidate = hops[-proxies]
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return ""
