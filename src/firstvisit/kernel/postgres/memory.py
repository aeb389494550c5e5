"""How much memory the database may count on, from what the machine has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

MIB: Final = 2**20
LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container's limit stands (cgroup v2, v1); "max" or a number larger than the machine is none."""


def installed(limits: tuple[Path, ...] = LIMITS) -> int:
    """Bytes of memory of this machine, or of the container it runs in where that has less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    stated = (path.read_text(encoding="ascii").strip() for path in limits if path.is_file())
    return min([machine, *(int(text) for text in stated if text.isdigit() and int(text) > 0)])


def shared_buffers(memory: int) -> int:
    """MiB for the database's own cache: a sixteenth of the memory, from 128 to 2,048. The look-up of people is quick
    while its index lies in it (a million people: 1 GiB)."""
    return max(128, min(2048, memory // 16 // MIB))


def effective_cache_size(memory: int) -> int:
    """MiB that the planner may take for cached, by the system too: half of the memory."""
    return max(512, memory // 2 // MIB)
