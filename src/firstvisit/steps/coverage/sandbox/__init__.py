"""The sandbox payer: what it answers, by habit. Pure; `config.demo.payer` serves it over HTTP."""

from typing import Final

USER: Final = "sandbox"
PASSWORD: Final = "about-nobody"
"""No secret: the sandbox answers anybody, and about nobody; it refuses other passwords, so that that can be tried."""
