"""Answers to choose from, as the shipped questions write them."""

from __future__ import annotations

from typing import Any, Final

from firstvisit.steps.qualify.questions import Choice

YES: Final = ("Yes", "Sí")
NO: Final = ("No", "No")


def choice(
    value: str, text: str, text_es: str, record: dict[str, Any] | None = None, facts: dict[str, Any] | None = None
) -> Choice:
    """An answer with what it says of the record and of the facts."""
    return Choice(value=value, text=text, text_es=text_es, record=record or {}, facts=facts or {})


def known(value: str, text: str, text_es: str, **said: Any) -> Choice:
    """An answer whose field of the record and whose fact have the same name and value."""
    return choice(value, text, text_es, dict(said), dict(said))
