"""Dated outside facts: code lists, places and small legal facts, as data files with their loaders.

Nothing is read at import; a process that wants no slow first request calls `preload()` when it starts.
"""

from __future__ import annotations


def preload() -> None:
    """Open every data file now (some thirty milliseconds)."""
    from firstvisit.reference import facts, icd10cm, zips

    facts.all_facts()
    icd10cm.preload()
    zips.preload()
