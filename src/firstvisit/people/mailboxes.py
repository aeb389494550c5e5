"""Where a phone number or an e-mail address leads: several spellings of an address are one mailbox. Pure."""

from __future__ import annotations


def mailbox(way: str) -> str:
    """A phone number as it is; an e-mail address without case, without what stands behind a plus, and without dots
    before the @, which many providers leave out too."""
    name, at, host = way.strip().casefold().rpartition("@")
    if not at:
        return way
    plain = name.partition("+")[0].replace(".", "")
    return f"{plain or name}@{host}"


def spellings(way: str) -> set[str]:
    """The ways as which the same one may stand on file: as it is written, without the plus, without dots."""
    name, at, host = way.strip().casefold().rpartition("@")
    return {way.casefold(), f"{name.partition('+')[0]}@{host}", mailbox(way)} if at else {way}
