"""The sandbox payer, asked as a payer is: the same envelope, over loopback, about invented people only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.coverage.connectors.core import Endpoint, RawX12
from firstvisit.steps.coverage.sandbox import PASSWORD, USER

URL: Final = "FIRSTVISIT_SANDBOX_PAYER_URL"


@dataclass(eq=False)
class Sandbox(RawX12):
    """The sandbox payer at its address."""

    def endpoint(self, settings: Mapping[str, str]) -> Endpoint:
        """The sandbox's own words: only the address differs."""
        return Endpoint(
            url=f"{settings[URL].rstrip('/')}/core", sender="FIRSTVISIT", receiver="SANDBOX", user=USER,
            password=PASSWORD, production=False, look_at=URL,
        )  # fmt: skip


SANDBOX: Final = Sandbox(
    slug="sandbox",
    name="Sandbox payer",
    kind="sandbox",
    verified=True,
    variables={URL: "address of a sandbox payer (the demo runs its own, 28 ports above the web)"},
)
