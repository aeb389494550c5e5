"""The invented forms as a fax line delivers them."""

from __future__ import annotations

from firstvisit.steps.intake.pages.tests import drawn
from firstvisit.steps.intake.understanding.tests.invented import Invented


def faxed(made: Invented, seed: int = 3) -> bytes:
    """A fax of the form's pages, as badly treated as it says."""
    pages = [
        drawn.faxed(form.image(), skew=made.skew, specks=made.specks, turned=made.turned, seed=seed + number)
        for number, form in enumerate(made.pages)
    ]
    return drawn.tiff(pages, coarse=made.coarse)
