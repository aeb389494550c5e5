"""The database's share of the memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstvisit.kernel.postgres.memory import MIB, effective_cache_size, installed, shared_buffers


@pytest.mark.parametrize(
    ("gib", "own", "cached"), [(1, 128, 512), (4, 256, 2048), (16, 1024, 8192), (24, 1536, 12288), (256, 2048, 131072)]
)
def test_a_sixteenth_is_its_own_and_half_is_cached(gib: int, own: int, cached: int) -> None:
    memory = gib * 1024 * MIB
    assert (shared_buffers(memory), effective_cache_size(memory)) == (own, cached)


@pytest.mark.parametrize(
    ("text", "counts"), [("max\n", False), ("536870912\n", True), ("9223372036854771712\n", False)]
)
def test_a_containers_limit_counts_where_it_is_one(tmp_path: Path, text: str, counts: bool) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(text)
    assert installed((limit, tmp_path / "absent")) == (536870912 if counts else installed(()))
