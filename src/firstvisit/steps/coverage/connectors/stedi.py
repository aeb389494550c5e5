"""Stedi: our own 270 in, the payer's own 271 back, both in a line of JSON.

Of its three doors this one loses least: the 271 stands in the answer as the payer sent it, and the number of our
question travels in the TRN, so that the payer itself says whose answer it is. The typed doors (`eligibility-check` of
2026-06-01 and the legacy JSON) hold what Stedi made of that; the legacy JSON that comes beside the 271 is read where
there is none.

Shape: Stedi's OpenAPI description of 2024-04-01 (`EligibilityRawX12Check`), and
stedi.com/docs/api-reference/healthcare/post-healthcare-eligibility-raw-x12: only ~ * : ^ may delimit, BHT03 and the
payer's id in NM109 are wanted, five questions at once by default, and a payer may take a minute.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import line, medical_network
from firstvisit.steps.coverage.connectors.port import Kind, Reply
from firstvisit.steps.coverage.inquiries import VERSION, Inquiry, write
from firstvisit.steps.coverage.x12.writing import Envelope

KEY, URL = "FIRSTVISIT_STEDI_KEY", "FIRSTVISIT_STEDI_URL"
ADDRESS: Final = "https://healthcare.us.stedi.com/2024-04-01"
_PATH: Final = "/change/medicalnetwork/eligibility/v3/raw-x12"
_REFUSALS: Final = frozenset({400})
"""A payer's refusal (AAA) comes with this status, and so does Stedi's own."""


@dataclass(frozen=True, slots=True)
class Stedi:
    """The connector; see `port.Connector`."""

    slug: str = "stedi"
    name: str = "Stedi"
    kind: Kind = "vendor"
    verified: bool = True
    variables: Mapping[str, str] = field(
        default_factory=lambda: {KEY: "production API key of your Stedi account"}
    )
    optional: Mapping[str, str] = field(
        default_factory=lambda: {URL: f"another address of Stedi's API (default {ADDRESS})"}
    )

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once. A key of Stedi's test mode is refused: what it answers is about nobody."""
        x12 = write(
            inquiry,
            Envelope(
                sender="FIRSTVISIT", receiver="STEDI", control=1 + secrets.randbelow(999_999_998),
                moment=datetime.now(UTC), code="HS", version=VERSION,
            ),
        )  # fmt: skip
        answer = line.exchange(
            "POST", f"{(settings.get(URL) or ADDRESS).rstrip('/')}{_PATH}", whom=self.name, seconds=seconds,
            body=line.as_json({"x12": x12.decode("ascii")}),
            headers={"Authorization": settings[KEY], "Accept": "application/json"},
        )  # fmt: skip
        line.taken(answer, whom=self.name, look_at=KEY, also=_REFUSALS)
        said = answer.json()
        meta = said.get("meta") if isinstance(said, dict) else None
        if isinstance(meta, dict) and meta.get("applicationMode") == "test":
            raise ConnectorError(
                f"{self.name} answers in test mode, about nobody: look at {KEY}", temporary=False
            )
        return self.read(answer.content)

    def read(self, raw: bytes) -> Reply:
        """The 271 in the answer; where there is none, the JSON."""
        return medical_network.reply(raw, raw, whom=self.name)


STEDI: Final = Stedi()
