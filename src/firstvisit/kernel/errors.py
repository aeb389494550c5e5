"""Every exception firstvisit raises on purpose, as one tree.

    FirstvisitError
    ├── BadInput              what somebody sent cannot be used; names the field and what to do
    ├── ConfigurationError    an environment value or a practice file is wrong
    ├── NotAllowed            the person lacks the capability; the web answers 404
    ├── Conflict              somebody else got there first (lease held, key reused with another body)
    ├── ConnectorError        the outside world failed; `temporary` says whether to try again
    ├── SealBroken            a sealed value cannot be opened: wrong key, erased key or moved row
    └── DatabaseUnreachable   there is no database to talk to

A refusal that is part of the job (not a match, not permitted to send) is a Decision, never one of these.
"""

from __future__ import annotations

from dataclasses import dataclass


class FirstvisitError(Exception):
    """Root of the tree. Messages carry ids and field names, never personal data."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was sent: the field's path and a sentence a person can act on."""

    field: str
    message: str


class BadInput(FirstvisitError):
    """What somebody sent cannot be used. `problems` names each field and what to enter instead."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems))


class ConfigurationError(FirstvisitError):
    """Settings or practice files are wrong. `problems` holds every one of them, in words."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NotAllowed(FirstvisitError):
    """The acting person lacks `capability` for this subject."""

    def __init__(self, capability: str) -> None:
        self.capability = capability
        super().__init__(f"needs the capability {capability!r}")


class Conflict(FirstvisitError):
    """Somebody else got there first. `lead` is the code of the lead in which it goes on, where it does."""

    def __init__(self, message: str, *, lead: str = "") -> None:
        self.lead = lead
        super().__init__(message)


class ConnectorError(FirstvisitError):
    """The outside world failed. Jobs retry only the temporary ones."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        self.temporary = temporary
        super().__init__(message)


class SealBroken(FirstvisitError):
    """A sealed value cannot be opened: the wrong key, an erased key, or a row moved to another place."""


class DatabaseUnreachable(FirstvisitError):
    """There is no database to talk to."""
