"""A file for the EMR in its folder, whole and once: written under another name first, then renamed.

The hidden file is written before the row says that it is sent. Whoever comes after a dead process finds it there and
renames it, or does not find it because it was renamed already; in neither case is it written again.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

from firstvisit.kernel.errors import ConnectorError

_HIDDEN: Final = ".part"

def prepare(folder: Path, name: str, content: bytes) -> None:
    """Write the hidden file. ConnectorError, temporary, where the folder does not take it."""
    try:
        with _hidden(folder, name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConnectorError(_words(error), temporary=True) from None


def put(folder: Path, name: str) -> None:
    """Give the prepared file its name; one that has it already stays. ConnectorError as above."""
    try:
        _hidden(folder, name).replace(folder / name)
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except FileNotFoundError:
        if not folder.is_dir():
            raise ConnectorError("the EMR's folder is not there", temporary=True) from None
    except OSError as error:
        raise ConnectorError(_words(error), temporary=True) from None


def left_over(folder: Path, *, older: float) -> list[str]:
    """The names of files that were prepared more than `older` seconds ago and never put: whoever wrote them died, or
    could not."""
    found = []
    for hidden in folder.glob(f".*{_HIDDEN}") if folder.is_dir() else ():
        try:
            age = time.time() - hidden.stat().st_mtime
        except FileNotFoundError:  # put meanwhile
            continue
        if age > older:
            found.append(hidden.name.removeprefix(".").removesuffix(_HIDDEN))
    return sorted(found)


def forget(folder: Path, name: str) -> None:
    """Remove a prepared file that nobody will put."""
    _hidden(folder, name).unlink(missing_ok=True)


def trouble(folder: Path) -> str:
    """Why nothing can be put there; "" where it can."""
    if not folder.is_dir():
        return "is not there"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "cannot be written to"


def _hidden(folder: Path, name: str) -> Path:
    return folder / f".{name}{_HIDDEN}"


def _words(error: OSError) -> str:
    return f"the EMR's folder does not take a file ({error.strerror or type(error).__name__})"
