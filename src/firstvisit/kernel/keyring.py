"""The key file: the only secret of an installation, kept outside the database.

    {"version": 1, "current": "2",
     "master": {"1": ..., "2": ...},   wrap the data keys (AES-256)
     "blind": {"1": ...},              keyed look-up tokens (HMAC-SHA256)
     "django": ...}                    signs sessions and links

Values are 32 random bytes in base64. Losing the file loses every sealed value; nothing in the database
can bring it back, and `firstvisit backup` never copies it.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from firstvisit.kernel.errors import ConfigurationError

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """The opened key file. `master` and `blind` map a version to 32 bytes."""

    current: str
    master: dict[str, bytes]
    blind: dict[str, bytes]
    django: bytes

    @property
    def blind_key(self) -> bytes:
        """The newest blind key; tokens carry no version, so changing it means making them anew."""
        return self.blind[max(self.blind, key=int)]

    def fingerprint(self) -> str:
        """Eight hex digits that tell two key files apart, one before and after a rotation too, and reveal
        nothing of them: every key counts."""
        keys = [
            f"{kind}:{version}:{_text(key)}"
            for kind, versions in (
                ("master", self.master),
                ("blind", self.blind),
                ("django", {"": self.django}),
            )
            for version, key in sorted(versions.items())
        ]
        return hashlib.sha256("\n".join(["fingerprint", self.current, *keys]).encode()).hexdigest()[:8]

    def blind_fingerprint(self) -> str:
        """Eight hex digits of the blind key alone, which no rotation changes: a database and a key file with
        different ones never belong together."""
        return hmac.new(self.blind_key, b"fingerprint", hashlib.sha256).hexdigest()[:8]

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another purpose, such as the application role's database password."""
        return hmac.new(self.django, purpose.encode(), hashlib.sha256).digest()

    def rotated(self) -> Keyring:
        """The same ring with one more master key, which becomes the current one."""
        newest = str(max(int(version) for version in self.master) + 1)
        return Keyring(
            newest, {**self.master, newest: secrets.token_bytes(KEY_BYTES)}, self.blind, self.django
        )

    def without(self, versions: set[str]) -> Keyring:
        """The same ring after old master keys were retired; the current one always stays."""
        kept = {v: key for v, key in self.master.items() if v not in versions or v == self.current}
        return Keyring(self.current, kept, self.blind, self.django)


def create() -> Keyring:
    """A fresh ring of random keys."""
    return Keyring(
        "1",
        {"1": secrets.token_bytes(KEY_BYTES)},
        {"1": secrets.token_bytes(KEY_BYTES)},
        secrets.token_bytes(KEY_BYTES),
    )


def read(path: Path) -> Keyring:
    """Open the key file. ConfigurationError when it is absent, readable by others, or damaged."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise ConfigurationError([f"There is no key file at {path}. See docs/how-to/lost-key.md."]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"The key file {path} cannot be read: {error}."]) from error
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigurationError([f"The key file {path} can be read by others. Run: chmod 600 {path}"])
    try:
        raw = json.loads(text)
        ring = Keyring(
            str(raw["current"]),
            {str(v): _key(k) for v, k in raw["master"].items()},
            {str(v): _key(k) for v, k in raw["blind"].items()},
            _key(raw["django"]),
        )
        ring.master[ring.current], ring.blind_key
    except (KeyError, ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise ConfigurationError(
            [f"The key file {path} is damaged ({error!r}). Restore its copy."]
        ) from error
    return ring


def write(ring: Keyring, path: Path) -> None:
    """Write the key file with mode 0600; a crash leaves the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {
            "version": 1,
            "current": ring.current,
            "master": {v: _text(k) for v, k in ring.master.items()},
            "blind": {v: _text(k) for v, k in ring.blind.items()},
            "django": _text(ring.django),
        },
        indent=1,
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def read_or_create(path: Path) -> tuple[Keyring, bool]:
    """Open the key file, or make one on the very first start. True when it was made now.

    Two first starts at once agree: the one whose link comes second reads the other's file.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.new.{os.getpid()}")
        write(create(), draft)
        try:
            os.link(draft, path)
            return read(path), True
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read(path), False


def recovery_sheet(ring: Keyring, path: Path) -> str:
    """The page to print and lock away: what the file is, its fingerprint, and its content."""
    return (
        "RECOVERY SHEET. Print it, lock it away, keep no copy on this machine.\n"
        f"  Key file     {path}\n"
        f"  Fingerprint  {ring.fingerprint()}\n"
        f"  Master key   {ring.current}: {_text(ring.master[ring.current])}\n"
        f"  Blind key    {_text(ring.blind_key)}\n"
        f"  Link key     {_text(ring.django)}\n"
        "Without this file nobody can read the names, letters and messages in the database.\n"
        "A backup never contains it. How to rebuild the file: docs/how-to/lost-key.md"
    )


@functools.cache
def _opened(path: Path, stamp: int) -> Keyring:
    return read(path)


def keyring(path: Path) -> Keyring:
    """The ring at `path`, read again only when the file has changed (a rotation by another process)."""
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return read(path)


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return key


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")
