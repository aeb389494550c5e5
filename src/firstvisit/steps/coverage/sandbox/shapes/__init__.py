"""In which words the sandbox speaks: one module a vendor's shape, one line here. Each takes requests under its own path
and says what the habits say. Pure: `config.demo.payer` is the server.
"""

from __future__ import annotations

from typing import Final

from firstvisit.steps.coverage.sandbox.shapes import availity, core, medical_network, pverify
from firstvisit.steps.coverage.sandbox.shapes.shape import Asks, Request, Response, Shape, cut_short, sent

__all__ = ["SHAPES", "Asks", "Request", "Response", "Shape", "cut_short", "sent"]

SHAPES: Final[dict[str, Shape]] = {
    "/core": core.answer,
    "/stedi": medical_network.stedi,
    "/optum": medical_network.optum,
    "/availity": availity.answer,
    "/pverify": pverify.answer,
}
"""By the path under which it stands. A new one is one file beside this and one line here."""
