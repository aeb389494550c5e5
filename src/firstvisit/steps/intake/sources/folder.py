"""A watched folder: which files it takes. Pure."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

LARGEST: Final = 50 * 1024 * 1024
MEDIA_TYPES: Final = {
    ".pdf": "application/pdf",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".eml": "message/rfc822",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
}
"""What a document may be, by the ending of its name."""
OF_VISITS: Final = (".csv", ".xml")
"""What an EMR puts there about visits: an export of rows, a note (C-CDA)."""


class Settings(BaseModel):
    """A folder on a disk we can read and write. `path` is absolute, or below the installation's home. A file counts as
    whole when its size has stood still for `stable_seconds`; it is then moved to `taken/` or, where it cannot be a
    document, to `refused/`. `visits_map` is a TOML file that says what the columns of an export of visits mean, where
    their headings do not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1, max_length=300)] = "inbox"
    stable_seconds: Annotated[int, Field(ge=1, le=600)] = 3
    visits_map: Annotated[str, Field(max_length=300)] = ""


def media_type(name: str) -> str | None:
    """The kind of a file, by its name; None for one that is no document."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower())


def is_of_visits(name: str) -> bool:
    """Whether a file is what an EMR tells of visits, by its name."""
    return PurePath(name).suffix.lower() in OF_VISITS


def refused(name: str, size: int) -> str | None:
    """Why a file is not taken, in words; None when it is."""
    if media_type(name) is None and not is_of_visits(name):
        return f"is no kind of document we read; send one of {', '.join(sorted(MEDIA_TYPES))}"
    if size == 0:
        return "is empty"
    if size > LARGEST:
        return f"is larger than {LARGEST // 1024 // 1024} MB"
    return None
