"""Who is calling, behind so many reverse proxies of ours. Pure."""

from __future__ import annotations

import ipaddress


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
