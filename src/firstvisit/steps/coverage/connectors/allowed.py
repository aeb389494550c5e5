"""May this connector be asked? Pure: whoever calls knows environment, register of vendors and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping

from firstvisit.steps.coverage.connectors.port import Connector


def off_because(
    connector: Connector, environment: Mapping[str, str], agreement_in_force: bool, verified: bool
) -> str:
    """Why `connector` may not be asked, in one sentence without a full stop; "" when it may.

    `environment` holds the values of its variables. `agreement_in_force`: the practice's register of vendors has an
    agreement for it today (45 CFR 164.502(e), 164.504(e)); a sandbox, which answers about nobody, needs none.
    `verified`: this practice has recorded one real exchange (`coverage.VerifiedConnector`); only connectors that nobody
    has seen answer for real need that.
    """
    missing = [name for name in connector.variables if not environment.get(name, "").strip()]
    if missing:
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing in the environment"
    if connector.kind != "sandbox" and not agreement_in_force:
        return f"no vendor agreement for clearinghouses with {connector.name} is in force"
    if not connector.verified and not verified:
        return (
            f"no real exchange with {connector.name} was recorded: firstvisit connector try {connector.slug}"
        )
    return ""
