"""Which PostgreSQL, and as which role.

Two roles: the owner makes tables and is used by migrate, restore and the like; the application's role can
neither change nor delete the audit log, the timeline and the decisions. `default` is the application's,
`owner` the other.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from firstvisit.config.env import Environment
from firstvisit.kernel.keyring import read_or_create
from firstvisit.kernel.postgres import record

POOL = {"min_size": 0, "max_size": 12, "timeout": 20}


def databases(environment: Environment) -> dict[str, dict[str, Any]]:
    """Django's DATABASES for this installation. The server is not contacted here."""
    owner, app = urls(environment)
    return {
        "default": {**_parts(app), "OPTIONS": {**_options(app), "pool": POOL}, "CONN_HEALTH_CHECKS": True},
        "owner": {**_parts(owner), "OPTIONS": _options(owner), "TEST": {"MIRROR": "default"}},
    }


def urls(environment: Environment) -> tuple[str, str]:
    """The owner's and the application's database addresses."""
    if environment.database_url is None:
        known = record.load(environment.home) or record.Record()
        return known.url(record.OWNER), known.url(record.APP)
    owner = environment.database_url
    if environment.app_database_url is not None:
        return owner, environment.app_database_url
    ring, _ = read_or_create(environment.key_file)
    parts = urlsplit(owner)
    role = f"{parts.path.strip('/')}_app"
    password = ring.derive("database application role").hex()
    host = parts.netloc.rpartition("@")[2]
    return owner, urlunsplit(parts._replace(netloc=f"{quote(role)}:{password}@{host}"))


def _parts(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


def _options(url: str) -> dict[str, Any]:
    return {
        **dict(parse_qsl(urlsplit(url).query)),
        "server_side_binding": True,
        "prepare_threshold": 3,
        "application_name": "firstvisit",
        "connect_timeout": 10,
    }
