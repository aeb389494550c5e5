"""Whom we ask about benefits: one file a connector, one line here, one contract test over all of them.

A connector turns one `Inquiry` into one exchange over the network and its reply into `Benefits`. It knows no
database, no lead and no clock of ours; when to ask, how often, and what an answer means for a lead is the journey's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from firstvisit.steps.coverage.connectors.availity import AVAILITY
from firstvisit.steps.coverage.connectors.core import CORE
from firstvisit.steps.coverage.connectors.optum import OPTUM
from firstvisit.steps.coverage.connectors.port import Connector, Kind, Reply
from firstvisit.steps.coverage.connectors.pverify import PVERIFY
from firstvisit.steps.coverage.connectors.sandbox import SANDBOX
from firstvisit.steps.coverage.connectors.stedi import STEDI

__all__ = ["CONNECTORS", "Connector", "Kind", "Reply", "missing", "variables"]

_ALL: Final[tuple[Connector, ...]] = (SANDBOX, CORE, STEDI, AVAILITY, OPTUM, PVERIFY)
CONNECTORS: Final[dict[str, Connector]] = {each.slug: each for each in _ALL}
"""By slug. A new one is one file beside this and one name here."""


def variables() -> dict[str, str]:
    """Every variable of the environment that a connector takes, with what stands in it."""
    return {
        name: words
        for each in CONNECTORS.values()
        for name, words in (*each.variables.items(), *each.optional.items())
    }


def missing(connector: Connector, settings: Mapping[str, str]) -> list[str]:
    """The variables without which a connector is off; none where it can be asked."""
    return [name for name in connector.variables if not settings.get(name)]
