"""Fixtures of these tests."""

from __future__ import annotations

from firstvisit.config.committed import committed

__all__ = ["committed"]
