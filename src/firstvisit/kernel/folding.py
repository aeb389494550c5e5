"""Text as it is compared."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """A name or address as it is compared: no case, no accents, only letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
