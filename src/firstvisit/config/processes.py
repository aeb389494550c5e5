"""Running the processes of an installation: the web server, the workers, and all of them together."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from procrastinate import App
from psycopg import sql

from firstvisit.config import stopping
from firstvisit.config.databases import urls
from firstvisit.reference import preload

log = structlog.get_logger("processes")

LOOK_SECONDS = 2.0
"""How often the sweep looks by itself when nothing wakes it."""
GATHER_SECONDS = 0.3
"""After being woken the sweep waits this long, so that a burst is worked off in batches."""
CLOSE_AUDIT_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 30.0
"""After what failed in a thread that works seldom."""
STOP_SECONDS = 20
PAUSE_SECONDS = 0.05
"""Between two looks at a process that is to end."""


def web_command(port: int, *, workers: int) -> list[str]:
    """The Granian command line. WSGI: synchronous views under ASGI cost four to thirteen times as much."""
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface", "wsgi",
        "--host", "127.0.0.1",
        "--port", str(port),
        "--workers", str(workers),
        "--blocking-threads", "4",
        "--backpressure", "64",
        "--no-ws",
        "--log-level", "warning",
        "--respawn-failed-workers",
        "firstvisit.config.wsgi:application",
    ]  # fmt: skip


def warm_up() -> None:
    """Before a process serves: read what nobody should wait for (the lists of codes and places),
    and leave what start-up made out of every later collection of garbage, which took 80 ms to walk it."""
    preload()
    gc.collect()
    gc.freeze()


def measure_beside() -> None:
    """From now on, in a thread of a web process: when somebody new can expect a first visit, for the public pages."""
    from firstvisit.journey.booking import expecting
    from firstvisit.kernel import clock

    def measure() -> None:
        stop, pause = threading.Event(), 0.0
        while not stop.wait(pause):
            try:
                expecting.measure(now=clock.now())
                pause = expecting.EVERY.total_seconds()
            except Exception as error:  # before there is a practice, or while the database restarts
                log.error("measuring_failed", exc_info=error)
                pause = LOOK_AGAIN_SECONDS
            finally:
                connection.close()  # nobody needs it until then

    threading.Thread(target=measure, name="expecting", daemon=True).start()


def run_worker(queue: str) -> None:
    """One worker until SIGTERM or SIGINT: the job queue, and in threads beside it the sweep (queue "prompt") or the
    half of applying changed rules (queue "heavy")."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    warm_up()
    stopping.obey()
    stop = threading.Event()
    threads = []
    if queue == "prompt":
        threads = [
            threading.Thread(target=_sweep_until, args=(stop,), name="sweep"),
            threading.Thread(target=_ask_until, args=(stop,), name="ask"),
            threading.Thread(target=_tell_until, args=(stop,), name="emr"),
            threading.Thread(target=_every, args=(stop, CLOSE_AUDIT_SECONDS, _tidy), name="audit"),
        ]
    else:
        threads = [threading.Thread(target=_every, args=(stop, LOOK_SECONDS, _apply_until(stop)), name="applying")]
    for thread in threads:
        thread.start()
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    try:
        with app.replace_connector(connector.get_worker_connector()) as working:
            asyncio.run(_work(working, queue))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def run_listener() -> None:
    """The ways in until SIGTERM or SIGINT."""
    from firstvisit.api.listen.leading import listen

    warm_up()
    stopping.obey()
    stop = threading.Event()
    _, app_url = urls(settings.ENVIRONMENT)
    listener = threading.Thread(target=listen, args=(app_url, stop), name="listen")
    listener.start()
    stopping.only_remember()
    pause = threading.Event()
    while not stopping.asked() and listener.is_alive():  # should it die, we end, and whoever runs us starts us again
        pause.wait(0.25)
    stop.set()
    listener.join(STOP_SECONDS)


async def _work(app: App, queue: str) -> None:
    """The job queue, with heartbeats, so that another worker can tell when this one died."""
    async with app.open_async():
        await app.run_worker_async(
            queues=[queue],
            concurrency=1 if queue == "heavy" else 4,
            update_heartbeat_interval=10,
            stalled_worker_timeout=30,
            shutdown_graceful_timeout=STOP_SECONDS,
            delete_jobs="successful",
        )


def _tidy() -> None:
    from firstvisit.journey import jobs

    jobs.close_audit()
    jobs.unclear_abandoned()


def _apply_until(stop: threading.Event) -> Callable[[], None]:
    """Batch after batch of leads under changed rules, beside the sweep, while there are any."""

    def apply() -> None:
        from firstvisit.journey import jobs

        while not stop.is_set() and jobs.apply_revised():
            pass

    return apply


def _sweep_until(stop: threading.Event) -> None:
    """Sweep whenever the database says that something is due, and every few seconds."""
    from firstvisit.journey import jobs

    _, app_url = urls(settings.ENVIRONMENT)
    bell: psycopg.Connection[tuple[object, ...]] | None = None
    while not stop.is_set():
        try:
            if bell is None or bell.closed:
                bell = psycopg.connect(app_url, autocommit=True)
                bell.execute("LISTEN firstvisit_due")
            if jobs.sweep() >= jobs.FULL:
                continue
            if _rang(bell, stop):
                stop.wait(GATHER_SECONDS)
                for _ in bell.notifies(timeout=0):
                    pass  # the coming sweep answers them all
        except Exception as error:  # the sweep must outlive a database restart
            log.error("sweep_failed", exc_info=error)
            close_old_connections()
            bell = None
            stop.wait(1)
    if bell is not None:
        bell.close()
    connection.close()


def _ask_until(stop: threading.Event) -> None:
    """Ask payers whenever the database says that there is a question, and every second looks whether one is due."""
    from firstvisit.journey.coverage.asking import ask_until

    _at_the_bell(stop, "firstvisit_ask", ask_until, "asking_failed")


def _tell_until(stop: threading.Event) -> None:
    """Tell the EMR whenever the database says that there is something, and every second looks whether it is due."""
    from firstvisit.journey.booking.registering import tell_until

    _at_the_bell(stop, "firstvisit_emr", tell_until, "telling_failed")


def _at_the_bell(
    stop: threading.Event, channel: str, work: Callable[[threading.Event, Callable[[float], None]], None], failed: str
) -> None:
    """Work until told to stop, woken by NOTIFY on a channel; it outlives a restart of the database."""
    _, app_url = urls(settings.ENVIRONMENT)
    while not stop.is_set():
        try:
            with psycopg.connect(app_url, autocommit=True) as bell:
                bell.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                work(stop, partial(_hear, bell))
        except Exception as error:
            log.error(failed, exc_info=error)
            close_old_connections()
            stop.wait(1)
    connection.close()


def _hear(bell: psycopg.Connection[tuple[object, ...]], seconds: float) -> None:
    for _ in bell.notifies(timeout=seconds, stop_after=1):
        pass


def _rang(bell: psycopg.Connection[tuple[object, ...]], stop: threading.Event) -> bool:
    """Wait for a notification or for the next look; True when it rang."""
    rang = False
    for _ in bell.notifies(timeout=LOOK_SECONDS, stop_after=1):
        rang = True
    return rang and not stop.is_set()


def _every(stop: threading.Event, seconds: float, work: Callable[[], None]) -> None:
    while not stop.wait(seconds):
        try:
            work()
        except Exception as error:
            log.error("thread_failed", thread=threading.current_thread().name, exc_info=error)
            close_old_connections()
    connection.close()


@dataclass(slots=True)
class Child:
    """A process of ours, the head of a session of its own, and how to start it again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]

    def has_ended(self) -> bool:
        """Whether the head is dead. It is not reaped yet, so that its number, which is also that of its
        session, can belong to nobody else."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    def clear(self) -> int:
        """After the head has ended: kill what is left of its session, wait until that is gone, reap the
        head; its exit code.

        A web server killed with -9 leaves its worker behind, which would keep the port.
        """
        session, pause = self.process.pid, threading.Event()
        for _ in range(int(STOP_SECONDS / PAUSE_SECONDS)):  # a kill waits for a disk that does not answer
            left = living(session)
            if not left:
                break
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            pause.wait(PAUSE_SECONDS)
        return self.process.wait()


class Family:
    """Several processes that live and stop together; one that dies is started again."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        stopping.only_remember()

    def start(self, name: str, command: list[str], *, nice: int = 0) -> None:
        """Start a process in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
        words = ["nice", "-n", str(nice), *command] if nice else command
        self._children.append(Child(name, words, _spawn(words)))

    def dead(self) -> str | None:
        """The name of a process that has ended, for whoever waits for all of them to come up."""
        return next((child.name for child in self._children if child.has_ended()), None)

    def watch(self, keep_database: Callable[[], object]) -> None:
        """Until SIGINT, SIGTERM or SIGHUP, however early it came; then stop every process and wait for it.

        `keep_database` is called every two seconds and starts the embedded server again should it have died.
        """
        looks, pause = 0, threading.Event()
        while not stopping.asked():
            pause.wait(0.25)
            looks += 1
            if looks % 8 == 0:
                keep_database()
            for child in self._children:
                if child.has_ended():
                    log.error("process_died", name=child.name, code=child.clear())
                    child.process = _spawn(child.command)
        self.stop()

    def stop(self) -> None:
        """Ask every process to end, newest first; what does not within twenty seconds is killed, and so is
        whatever a dead one left behind."""
        for child in reversed(self._children):
            os.kill(child.process.pid, signal.SIGTERM)  # it is unreaped, so the number is still its own
        pause = threading.Event()
        for child in reversed(self._children):
            for _ in range(int(STOP_SECONDS / PAUSE_SECONDS)):
                if child.has_ended():
                    break
                pause.wait(PAUSE_SECONDS)
            else:
                os.kill(child.process.pid, signal.SIGKILL)
            child.clear()
        self._children.clear()


def living(session: int) -> list[int]:
    """Process ids of the living members of a session. A zombie holds nothing any more and does not count."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # After the name in brackets, which may hold anything: state, parent, group, session (proc(5)).
            state, _, _, of, *_ = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # gone in between
        if int(of) == session and state not in "ZX":
            found.append(int(entry.name))
    return found


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        env=os.environ.copy(),
        preexec_fn=end_with_parent,
    )


_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Should this process's parent be killed, it gets SIGTERM: no orphan keeps the port (prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def own(*words: str) -> list[str]:
    """The command line of one of our own commands."""
    return [str(Path(sys.executable).with_name("firstvisit")), *words]
