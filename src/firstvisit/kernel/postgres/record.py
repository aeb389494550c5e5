"""home/postgres.json: what has to be known to reach the server of this home."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.kernel.postgres.files import write_private

FILE = "postgres.json"
SUPERUSER, OWNER, APP, DATABASE = "postgres", "firstvisit_owner", "firstvisit_app", "firstvisit"


def _password() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Record:
    """The file's content. Secrets are kept out of `repr`, so that no traceback shows them.

    port: where the server listens, 0 before one was chosen · identity: random, never reused ·
    elsewhere: folder of the data when it cannot lie in home · ready: roles and database were made, so an
    empty data folder would be a loss and no longer a beginning.
    """

    port: int = 0
    identity: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    superuser: str = field(default_factory=_password, repr=False)
    owner: str = field(default_factory=_password, repr=False)
    app: str = field(default_factory=_password, repr=False)
    elsewhere: str | None = None
    ready: bool = False

    def password(self, role: str) -> str:
        """The password of one of our three roles."""
        return {SUPERUSER: self.superuser, OWNER: self.owner, APP: self.app}[role]

    def url(self, role: str) -> str:
        """postgresql://role:password@127.0.0.1:port/firstvisit (passwords are made of URL-safe letters)."""
        return f"postgresql://{role}:{self.password(role)}@127.0.0.1:{self.port}/{DATABASE}"


def load(home: Path) -> Record | None:
    """The record of `home`, None before the first start. ConfigurationError when it cannot be understood."""
    path = home / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        record = Record(**{each.name: found[each.name] for each in fields(Record)})
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise ConfigurationError(
            [f"{path} belongs to another user: run firstvisit as that user, or choose another home folder."]
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        # The chained error could quote the file, and the file holds passwords.
        raise ConfigurationError(
            [f"{path} is damaged ({type(error).__name__}): restore it from a backup, it holds the passwords."]
        ) from None
    return record


def save(home: Path, record: Record) -> None:
    """Write the record, mode 0600, whole or not at all."""
    write_private(home / FILE, json.dumps(asdict(record), indent=1) + "\n")
