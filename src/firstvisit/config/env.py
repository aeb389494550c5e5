"""The environment, read in one place: typed, and every error said at once, in words."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.errors import ConfigurationError
from firstvisit.steps.coverage.connectors import CONNECTORS, missing, sandbox, variables

DEMO_MAIL = 25
"""The demo's own mail server listens so many ports above the web server."""
DEMO_MAILBOX = 26
DEMO_HL7 = 27
DEMO_PAYER = 28
DEMO_EMR = 29
"""So do its mailbox, its HL7 port, its sandbox payer and its sandbox EMR."""
MAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")


@dataclass(frozen=True, slots=True)
class Environment:
    """What an installation is told from outside. docs/reference/settings.md explains each variable."""

    home: Path
    demo: bool
    database_url: str | None
    app_database_url: str | None
    key_file: Path
    address: str
    port: int
    hosts: tuple[str, ...]
    smtp_url: str
    mail_from: str
    signoff_minutes: int
    trusted_proxies: int
    log_level: str
    model_url: str = ""
    model_name: str = ""
    model_key: str = field(default="", repr=False)
    routing_url: str = ""
    """The routing service (OSRM) that is asked for minutes by road; "": they are estimated."""
    connectors: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What payers are asked with: the variables of `steps.coverage.connectors` that are set, by name."""
    sandbox_seconds: int = 1
    emr_url: str = ""
    """Where the EMR listens for HL7, as mllp://host:port or mllps://host:port; "" where it does not."""
    emr_folder: Path | None = None
    """Where its CSV files are put."""

    @property
    def https(self) -> bool:
        return self.address.startswith("https://")


VARIABLES = {
    "FIRSTVISIT_HOME": "folder for the embedded database, audit heads and logs (default var/practice)",
    "FIRSTVISIT_DEMO": "1 for the demo: second factor off, clock can be moved (default 0)",
    "DATABASE_URL": "postgresql://owner:password@host/db of your own PostgreSQL 15 or newer (default: embedded)",
    "DATABASE_APP_URL": "the restricted role, where the owner may not make roles (default: made by migrate)",
    "FIRSTVISIT_KEY_FILE": "the key file (default FIRSTVISIT_HOME/keys.json)",
    "FIRSTVISIT_ADDRESS": "how people reach the site, such as https://intake.example.org",
    "FIRSTVISIT_PORT": "port on 127.0.0.1 (default 8000)",
    "FIRSTVISIT_HOSTS": "further host names, separated by commas",
    "SMTP_URL": (
        "smtp://, smtps:// or smtp+starttls:// [user:password@]host:port "
        "(default smtp://127.0.0.1:8025; the demo runs its own)"
    ),
    "FIRSTVISIT_MAIL_FROM": "sender address of our e-mail (default intake@example.org)",
    "FIRSTVISIT_SIGNOFF_MINUTES": "automatic sign-off after so many idle minutes, 1 to 60 (default 15)",
    "FIRSTVISIT_TRUSTED_PROXIES": "how many reverse proxies stand in front, 0 to 3 (default 0)",
    "FIRSTVISIT_LOG_LEVEL": "debug, info, warning or error (default info)",
    "FIRSTVISIT_MODEL_URL": "OpenAI-compatible address of a model for second opinions (default none)",
    "FIRSTVISIT_MODEL_NAME": "how that server calls the model",
    "FIRSTVISIT_ROUTING_URL": "OSRM on your own machine or network for minutes by road (default: estimated)",
    "FIRSTVISIT_MODEL_KEY": "the key that server wants, where it wants one",
    "FIRSTVISIT_SANDBOX_SECONDS": "the demo's sandbox payer takes so long for each answer, 0 to 60 (default 1)",
    "FIRSTVISIT_EMR_URL": "where your EMR listens for HL7: mllps://emr.example.org:2575, in your own network mllp://",
    "FIRSTVISIT_EMR_FOLDER": "folder from which your EMR imports CSV files (default none)",
    **variables(),
}


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check everything. ConfigurationError with a sentence for each thing that is wrong."""
    source, problems = environ if environ is not None else os.environ, list[str]()

    def number(name: str, default: int, lowest: int, highest: int) -> int:
        text = source.get(name, "").strip()
        if not text:
            return default
        if text.isdecimal() and lowest <= int(text) <= highest:
            return int(text)
        problems.append(f"{name} is {text!r}; it must be a whole number from {lowest} to {highest}.")
        return default

    def flag(name: str) -> bool:
        text = source.get(name, "0").strip() or "0"
        if text not in ("0", "1"):
            problems.append(f"{name} is {text!r}; it must be 0 or 1.")
        return text == "1"

    demo = flag("FIRSTVISIT_DEMO")
    home = Path(source.get("FIRSTVISIT_HOME") or ("var/demo" if demo else "var/practice")).absolute()
    port = number("FIRSTVISIT_PORT", 8000, 1, 65535 - (DEMO_EMR if demo else 0))
    address = (source.get("FIRSTVISIT_ADDRESS") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        problems.append(f"FIRSTVISIT_ADDRESS is {address!r}; it must look like https://intake.example.org.")
    for name in ("DATABASE_URL", "DATABASE_APP_URL"):
        url = source.get(name, "")
        if url and not re.match(r"^postgres(?:ql)?://[^/]*/[^/?]+", url):
            problems.append(f"{name} must look like postgresql://user:password@host:5432/database.")
    smtp = source.get("SMTP_URL") or f"smtp://127.0.0.1:{port + DEMO_MAIL if demo else 8025}"
    if urlsplit(smtp).scheme not in MAIL_SCHEMES:
        problems.append(f"SMTP_URL must start with one of {', '.join(MAIL_SCHEMES)}.")
    mail_from = source.get("FIRSTVISIT_MAIL_FROM") or "intake@example.org"
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", mail_from):
        problems.append(f"FIRSTVISIT_MAIL_FROM is {mail_from!r}; it must be a plain e-mail address.")
    level = (source.get("FIRSTVISIT_LOG_LEVEL") or "info").lower()
    if level not in ("debug", "info", "warning", "error"):
        problems.append(f"FIRSTVISIT_LOG_LEVEL is {level!r}; it must be debug, info, warning or error.")
    model = source.get("FIRSTVISIT_MODEL_URL", "").strip().rstrip("/")
    model_name = source.get("FIRSTVISIT_MODEL_NAME", "").strip()
    problems += _model_problems(model, model_name)
    routing = source.get("FIRSTVISIT_ROUTING_URL", "").strip().rstrip("/")
    problems += _routing_problems(routing)
    asked_with = {name: said for name in variables() if (said := source.get(name, "").strip())}
    if demo:
        asked_with.setdefault(sandbox.URL, f"http://127.0.0.1:{port + DEMO_PAYER}")
    problems += _connector_problems(asked_with)
    emr_url = source.get("FIRSTVISIT_EMR_URL", "").strip() or (f"mllp://127.0.0.1:{port + DEMO_EMR}" if demo else "")
    emr_folder = source.get("FIRSTVISIT_EMR_FOLDER", "").strip()
    problems += _emr_problems(emr_url, emr_folder)
    environment = Environment(
        home=home,
        demo=demo,
        database_url=source.get("DATABASE_URL") or None,
        app_database_url=source.get("DATABASE_APP_URL") or None,
        key_file=Path(source.get("FIRSTVISIT_KEY_FILE") or home / "keys.json").absolute(),
        address=address,
        port=port,
        hosts=tuple(h.strip() for h in source.get("FIRSTVISIT_HOSTS", "").split(",") if h.strip()),
        smtp_url=smtp,
        mail_from=mail_from,
        signoff_minutes=number("FIRSTVISIT_SIGNOFF_MINUTES", 15, 1, 60),
        trusted_proxies=number("FIRSTVISIT_TRUSTED_PROXIES", 0, 0, 3),
        log_level=level,
        model_url=model,
        model_name=model_name,
        model_key=source.get("FIRSTVISIT_MODEL_KEY", "").strip(),
        routing_url=routing,
        connectors=asked_with,
        emr_url=emr_url,
        emr_folder=Path(emr_folder).absolute() if emr_folder else None,
        sandbox_seconds=number("FIRSTVISIT_SANDBOX_SECONDS", 1, 0, 60),
    )
    if problems:
        raise ConfigurationError(problems)
    return environment


def _model_problems(url: str, name: str) -> list[str]:
    """What is wrong with the address of a model. What documents say goes there, so to others over TLS only."""
    if not url:
        return []
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        words = "FIRSTVISIT_MODEL_URL must look like https://api.example.org/v1; a key belongs in FIRSTVISIT_MODEL_KEY."
        return [words]
    problems = [] if name else ["FIRSTVISIT_MODEL_NAME is missing; it says which model FIRSTVISIT_MODEL_URL serves."]
    if parts.scheme == "http" and not is_ours(parts.hostname):
        problems.append("FIRSTVISIT_MODEL_URL must begin with https:// unless it is on your own machine or network.")
    return problems


def _routing_problems(url: str) -> list[str]:
    """What is wrong with the address of a routing service. Where patients live goes there: to nobody else."""
    if not url:
        return []
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        return ["FIRSTVISIT_ROUTING_URL must look like http://127.0.0.1:5000."]
    if not is_ours(parts.hostname):
        return ["FIRSTVISIT_ROUTING_URL must be on your own machine or network: it is told where patients live."]
    return []


def _emr_problems(url: str, folder: str) -> list[str]:
    """What is wrong with how the EMR is told. Patients cross that line, so to others it is encrypted."""
    problems = []
    if folder and not Path(folder).is_dir():
        problems.append(f"FIRSTVISIT_EMR_FOLDER is {folder!r}, which is no folder; make it, or name another.")
    if not url:
        return problems
    parts = urlsplit(url)
    try:
        right = parts.scheme in ("mllp", "mllps") and bool(parts.hostname and parts.port) and not parts.username
    except ValueError:  # a port that is none
        right = False
    if not right:
        problems.append("FIRSTVISIT_EMR_URL must look like mllps://emr.example.org:2575.")
    elif parts.scheme == "mllp" and not is_ours(parts.hostname or ""):
        problems.append("FIRSTVISIT_EMR_URL must begin with mllps:// unless it is on your own machine or network.")
    return problems


def _connector_problems(settings: Mapping[str, str]) -> list[str]:
    """What is wrong with how payers are asked: half of what a connector needs, or an address that shows patients."""
    problems = []
    for connector in CONNECTORS.values():
        lacking = missing(connector, settings)
        if lacking and any(name in settings for name in (*connector.variables, *connector.optional)):
            problems.append(f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing; "
                            f"{connector.name} is asked with it.")  # fmt: skip
    for name, said in settings.items():
        if not name.endswith("_URL"):
            continue
        parts = urlsplit(said)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            problems.append(f"{name} must look like https://payer.example.org/ask, without a name or a password.")
        elif parts.scheme == "http" and not is_ours(parts.hostname):
            problems.append(f"{name} must begin with https:// unless it is on your own machine or network.")
    return problems
