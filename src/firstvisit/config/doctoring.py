"""Is this installation healthy? Each look is a line: ok, look (do something soon) or broken, and what to do.

Looks are made one after the other and none stops the others; one that fails is broken itself.
"""

from __future__ import annotations

import json
import shutil
import smtplib
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from firstvisit.config import backups, database
from firstvisit.config.databases import urls
from firstvisit.config.env import Environment
from firstvisit.journey import retiring
from firstvisit.journey.coverage.asking import why_off
from firstvisit.journey.inbox import second_opinion
from firstvisit.kernel import addresses, clock, keyring
from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable
from firstvisit.kernel.models import AuditBlock
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.practice import queries
from firstvisit.practice.models import User
from firstvisit.practice.texts import signed_versions
from firstvisit.steps.booking.emr import folder, mllp
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.models import Outgoing
from firstvisit.steps.coverage.connectors import CONNECTORS
from firstvisit.steps.intake import opinions
from firstvisit.steps.intake.connectors import model
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.pages.engines import tesseract
from firstvisit.steps.intake.policy import SecondOpinion
from firstvisit.web.public.texts.register import unreviewed

State = Literal["ok", "look", "broken"]
EMR_SECONDS: Final = 3.0
LEAST_DISK: Final = 2 * 2**30
FEW_DISK: Final = 10 * 2**30
CLOCKS_APART: Final = timedelta(seconds=5)
HEARTBEAT: Final = timedelta(seconds=45)
BACKUP_AGE: Final = timedelta(hours=26)
SMTP_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do."""

    about: str
    state: State
    words: str


def examine(environment: Environment) -> Iterator[Finding]:
    """Look at everything; without a database only at what can be seen without one."""
    yield _home(environment)
    yield _key_file(environment)
    yield _disk(environment)
    yield _address(environment)
    yield _smtp(environment)
    yield _backup(environment)
    yield _reading()
    try:
        with database.as_owner(environment) as owner:
            yield from _server(environment, owner)
    except DatabaseUnreachable as error:
        yield Finding("database", "broken", str(error))
        return
    for look in LOOKS:
        try:
            yield from look()
        except DatabaseError as error:
            name = look.__name__.strip("_").replace("_", " ")
            yield Finding(
                name, "broken", f"could not be looked at: {type(error).__name__}. Run: firstvisit migrate"
            )


def _home(environment: Environment) -> Finding:
    kind = "your own PostgreSQL" if environment.database_url else "the embedded PostgreSQL"
    if environment.demo:
        return Finding(
            "home", "look", f"{environment.home} is a demo: no second factor, invented people only"
        )
    return Finding("home", "ok", f"{environment.home} with {kind}")


def _reading() -> Finding:
    path = tesseract.program()
    if path is None:
        words = "faxes are read by RapidOCR alone; with Tesseract (apt install tesseract-ocr) in half the time"
        return Finding("reading", "ok", words)
    return Finding("reading", "ok", f"faxes are read by {path}, doubtful pages by RapidOCR too")


def _key_file(environment: Environment) -> Finding:
    try:
        ring = keyring.read(environment.key_file)
    except ConfigurationError as error:
        return Finding("key file", "broken", " ".join(error.problems))
    mode = stat.S_IMODE(environment.key_file.stat().st_mode)
    words = (
        f"{environment.key_file}, mode {mode:04o}, fingerprint {ring.fingerprint()}, master key "
        f"{ring.current}"
    )
    if len(ring.master) > 1:
        return Finding(
            "key file",
            "look",
            f"{words}; a rotation is not finished, and no recovery sheet has this fingerprint. Run: firstvisit "
            f"rotate-keys",
        )
    return Finding("key file", "ok", words)


def _disk(environment: Environment) -> Finding:
    free = shutil.disk_usage(environment.home).free
    words = f"{free / 2**30:.1f} GiB free at {environment.home}"
    if free < LEAST_DISK:
        return Finding("disk", "broken", f"{words}; make room now, a full disk stops the database")
    return Finding("disk", "look" if free < FEW_DISK else "ok", words)


def _address(environment: Environment) -> Finding:
    host = urlsplit(environment.address).hostname
    if host in ("127.0.0.1", "localhost", "::1"):
        return Finding(
            "address",
            "look",
            f"{environment.address} is this machine only; set FIRSTVISIT_ADDRESS to serve people",
        )
    if not environment.https:
        return Finding(
            "address",
            "broken",
            f"{environment.address} is not encrypted; see docs/how-to/reverse-proxy-tls.md",
        )
    if not environment.trusted_proxies:
        return Finding(
            "address",
            "look",
            f"{environment.address}: https needs a proxy in front; set FIRSTVISIT_TRUSTED_PROXIES",
        )
    return Finding("address", "ok", environment.address)


def _smtp(environment: Environment) -> Finding:
    """Connect, greet and, where the address says so, encrypt and sign in; nothing is sent."""
    parts = urlsplit(environment.smtp_url)
    where = f"{parts.hostname}:{parts.port or {'smtps': 465, 'smtp+starttls': 587}.get(parts.scheme, 25)}"
    host, _, port = where.rpartition(":")
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, int(port), timeout=SMTP_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, int(port), timeout=SMTP_SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp+starttls":
                server.starttls(context=context)
            if parts.username:
                server.login(parts.username, parts.password or "")
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "mail", "broken", f"{where} does not take mail ({type(error).__name__}); check SMTP_URL"
        )
    return Finding("mail", "ok", f"{where} answers")


def _mail_agreement() -> Iterator[Finding]:
    """Somebody else's mail server sees patients' data: without an agreement e-mail stays off."""
    host = urlsplit(settings.SMTP_URL).hostname or ""
    if not queries.is_set_up() or addresses.is_ours(host):
        return
    zone = queries.practice_now().sites[queries.practice_now().identity.home_site].tz
    if queries.agreement_for("email", clock.now().astimezone(zone).date()) is None:
        yield Finding(
            "mail",
            "broken",
            f"{host} is somebody else's and no vendor agreement for e-mail is in force, so no mail leaves; enter "
            "it under Practice, Vendor agreements",
        )


def _second_opinion() -> Iterator[Finding]:
    """Whether a model is asked about documents, and how the line to it is."""
    if not queries.is_set_up() or not model.name():
        return
    now, asks = clock.now(), queries.policy().section(SecondOpinion)
    if why := second_opinion.forbidden(now):
        yield Finding("second opinion", "look" if asks.ask else "ok", f"{model.host()} is not asked: {why}")
        return
    line = opinions.line(asks, now=now)
    if line.rests_until is not None:
        words = f"{model.host()} failed {line.failures} times in a row and rests until {line.rests_until:%H:%M} UTC"
        yield Finding("second opinion", "look", f"{words}; documents are read by the rules alone meanwhile")
    else:
        words = f"{model.name()} at {model.host()} is asked about what the rules leave open"
        yield Finding("second opinion", "ok", words)


def _connectors() -> Iterator[Finding]:
    """Whether payers that are to be asked by machine are, and why not."""
    if not queries.is_set_up():
        return
    now, set_here = clock.now(), settings.ENVIRONMENT.connectors
    named = {payer.connector for payer in queries.practice_now().payers.values() if payer.connector}
    begun = {slug for slug, each in CONNECTORS.items() if any(name in set_here for name in each.variables)}
    for slug in sorted(named | begun):
        connector = CONNECTORS.get(slug)
        if connector is None:
            words = f"there is no connector {slug!r}; choose another under Practice, Payers"
            yield Finding("payers", "look", f"{words}. Until then they are asked by phone or portal")
        elif why := why_off(connector, now):
            yield Finding("payers", "look" if slug in named else "ok", why)
        elif slug not in named:
            yield Finding("payers", "ok", f"{connector.name} is set up, and no payer is asked through it")
        elif connector.kind == "sandbox" and not settings.DEMO:
            words = f"{connector.name} answers for payers of this practice, and what it says is invented"
            yield Finding("payers", "look", f"{words}; choose another connector under Practice, Payers")
        else:
            yield Finding("payers", "ok", f"{connector.name} is asked about benefits")


def _emr() -> Iterator[Finding]:
    """Whether the EMR is there as the rules say it is told, and what it did not take."""
    if not queries.is_set_up():
        return
    rules, here = queries.policy().section(Emr), settings.ENVIRONMENT
    if rules.way == "hl7":
        where = here.emr_url.partition("//")[2]
        if not where:
            words = "booked patients go out as HL7 and nobody said where: set FIRSTVISIT_EMR_URL"
            yield Finding("EMR", "broken", words)
        elif why := mllp.reaches(here.emr_url, seconds=EMR_SECONDS):
            yield Finding("EMR", "broken", f"{where} does not answer ({why}); booked patients wait for it")
        else:
            yield Finding("EMR", "ok", f"{where} answers")
    elif rules.way == "csv":
        if here.emr_folder is None:
            words = "booked patients go out as files and nobody said where: set FIRSTVISIT_EMR_FOLDER"
            yield Finding("EMR", "broken", words)
        elif why := folder.trouble(here.emr_folder):
            yield Finding("EMR", "broken", f"{here.emr_folder} {why}; booked patients wait for it")
        else:
            yield Finding("EMR", "ok", f"files are put into {here.emr_folder}")
    left = Outgoing.objects.filter(status__in=("refused", "failed")).count()
    if left:
        yield Finding("EMR", "look", f"it did not take {left} thing{'s' if left > 1 else ''}; see the page EMR")


def _backup(environment: Environment) -> Finding:
    try:
        note = json.loads((environment.home / backups.LAST).read_text("utf-8"))
        made = datetime.fromisoformat(note["made_at"])
    except (OSError, ValueError, KeyError):
        state: State = "look" if environment.demo else "broken"
        return Finding("backup", state, "none was made from here; see docs/how-to/restore-drill.md")
    age = datetime.now(UTC) - made
    words = f"{note['folder']}, {age.total_seconds() / 3600:.0f} hours old"
    if age > BACKUP_AGE:
        return Finding("backup", "look", f"{words}; make one a day: firstvisit backup DIR")
    return Finding("backup", "ok", words)


def _server(environment: Environment, owner: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    version = owner.info.server_version
    if version < database.OLDEST:
        yield Finding("database", "broken", f"PostgreSQL {version // 10000}; 15 or newer is needed")
    else:
        yield Finding("database", "ok", f"PostgreSQL {version // 10000}.{version % 10000} answers")
    row = owner.execute(
        "SELECT clock_timestamp(), current_setting('fsync'), current_setting('full_page_writes')"
    ).fetchone()
    moment, *safe = row if row is not None else (datetime.now(UTC), "on", "on")
    apart = abs(datetime.now(UTC) - moment)  # type: ignore[operator]
    if apart > CLOCKS_APART:
        yield Finding(
            "clock", "broken", f"{apart.total_seconds():.0f} s apart from the database's; run NTP on both"
        )
    else:
        yield Finding("clock", "ok", "agrees with the database's")
    if safe != ["on", "on"]:
        yield Finding(
            "durability", "broken", "fsync or full_page_writes is off; switch both on in postgresql.conf"
        )
    _, app_url = urls(environment)
    role = urlsplit(app_url).username
    found = owner.execute(
        "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if found is None:
        yield Finding("roles", "broken", f"there is no role {role}. Run: firstvisit migrate")
    elif any(found):
        yield Finding(
            "roles",
            "broken",
            f"the application's role {role} may more than it should; take SUPERUSER, CREATEROLE and "
            f"BYPASSRLS from it",
        )
    else:
        yield Finding("roles", "ok", f"the application works as {role}")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Finding("migrations", "broken", f"{len(missing)} are missing. Run: firstvisit migrate")
    else:
        yield Finding("migrations", "ok", "all applied")


def _practice() -> Iterator[Finding]:
    if not queries.is_set_up():
        yield Finding("practice", "broken", "nobody has set it up. Run: firstvisit setup")
        return
    shape = queries.practice_now()
    yield Finding("practice", "ok", shape.identity.name)
    today = clock.now().astimezone(shape.sites[shape.identity.home_site].tz).date()
    for look in queries.wants_a_look(today):
        yield Finding(look.collection.replace("_", " "), "look", f"{look.name}: {look.words}")
    for sentence in retiring.stranded():
        words = f"{sentence}, which nobody can open; name it in sites.toml again: firstvisit practice load"
        yield Finding("sites", "broken", words)


def _accounts() -> Iterator[Finding]:
    active = list(User.objects.filter(is_active=True).select_related("role"))
    for capability, words in (("users.manage", "manage accounts"), ("rules.sign", "sign rules")):
        able = [user for user in active if user.may(capability) and user.has_usable_password()]
        if not able:
            yield Finding(
                "accounts", "broken", f"nobody who can sign in may {words}. Run: firstvisit user add"
            )
        else:
            yield Finding("accounts", "ok", f"{len(able)} may {words}")
    yield from _reviewers(active)
    stranded = Lead.objects.filter(closed_at__isnull=True, owner_user__is_active=False).count()
    if stranded:
        yield Finding(
            "accounts", "look", f"{stranded} open leads belong to disabled accounts; hand them over"
        )


def _reviewers(active: list[User]) -> Iterator[Finding]:
    """Who may judge red flags where: a red flag at a site where nobody may waits for good."""
    able = [user for user in active if user.may("clinical.review") and user.has_usable_password()]
    scopes = [queries.user_scope(user) for user in able]
    sites = sorted(queries.practice_now().sites) if queries.is_set_up() else []
    without = [slug for slug in sites if not any(scope is None or slug in scope for scope in scopes)]
    for slug in without:
        yield Finding(
            "red flags",
            "broken",
            f"nobody who can sign in may judge them at {slug}; give somebody there the role of a clinician: "
            f"firstvisit user add",
        )
    if sites and not without:
        yield Finding("red flags", "ok", f"{len(able)} may judge them")


def _workers() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE now() - last_heartbeat < "
            "make_interval(secs => %s)",
            [HEARTBEAT.total_seconds()],
        )
        (alive,) = cursor.fetchone()
    if alive:
        yield Finding("workers", "ok", f"{alive} alive")
    else:
        yield Finding("workers", "broken", "none is alive, so nothing is planned or sent. Run: firstvisit up")


def _work() -> Iterator[Finding]:
    now = datetime.now(UTC)
    waiting = Item.objects.filter(status="waiting").count()
    late = Item.objects.filter(status="received", received_at__lt=now - timedelta(minutes=5)).count()
    if late:
        yield Finding(
            "items",
            "broken",
            f"{late} were received more than five minutes ago and not judged; see the worker's log",
        )
    else:
        yield Finding("items", "look" if waiting else "ok", f"{waiting} wait for a person")
    stuck = Message.objects.filter(status="sending", sending_at__lt=now - timedelta(minutes=10)).count()
    old = Message.objects.filter(status="wanted", wanted_at__lt=now - timedelta(hours=24)).count()
    if stuck:
        yield Finding(
            "messages", "broken", f"{stuck} have been sending for ten minutes; is the worker alive?"
        )
    else:
        yield Finding("messages", "look" if old else "ok", f"{old} have waited for more than a day")
    failing = Lead.objects.filter(closed_at__isnull=True, failures__gte=3).count()
    yield Finding(
        "leads",
        "broken" if failing else "ok",
        f"{failing} cannot be planned" + ("; see the worker's log" if failing else ""),
    )


def _log() -> Iterator[Finding]:
    last = AuditBlock.objects.order_by("-number").first()
    heads = settings.AUDIT_HEADS
    if last is None:
        yield Finding("audit log", "look", "no block is closed yet; a worker closes one every few seconds")
    elif not heads.exists():
        yield Finding(
            "audit log", "look", f"there is no {heads}; on a machine without workers that is as it should be"
        )
    else:
        yield Finding("audit log", "ok", f"{last.number} blocks, heads in {heads}")


def _texts() -> Iterator[Finding]:
    left = unreviewed(signed_versions("es"))
    if left:
        critical = sum(any(entry.critical for entry in each.entries) for each in left)
        yield Finding(
            "texts",
            "look",
            f"the Spanish of {len(left)} texts is not reviewed, {critical} of them with critical words, which "
            f"are shown in English too; a qualified translator signs them at /texts",
        )
    else:
        yield Finding("texts", "ok", "all Spanish is reviewed")


LOOKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    _migrations,
    _practice,
    _mail_agreement,
    _second_opinion,
    _connectors,
    _emr,
    _accounts,
    _workers,
    _work,
    _log,
    _texts,
)
