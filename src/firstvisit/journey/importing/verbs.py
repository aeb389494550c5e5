"""What people do with a file of leads: keep it, name its columns, check it, bring it in, mend what came back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction

from firstvisit.journey.importing import running
from firstvisit.journey.importing.preparing import Prepared, spread_days
from firstvisit.journey.policy import Switches
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import imports
from firstvisit.steps.intake.file.mapping import Mapping as Meant
from firstvisit.steps.intake.file.mapping import settled
from firstvisit.steps.intake.file.table import read_table
from firstvisit.steps.intake.models import ImportRun

Status = ImportRun.Status
CAPABILITY: Final = "leads.import"
KEPT_DAYS: Final = 30
"""How long a file is kept after it came in, so that refused rows can be had back."""


def upload(body: bytes, *, name: str, by: User | None, actor: Actor) -> ImportRun:
    """Keep a file. BadInput where it is no file that can be read, or has no rows."""
    _allowed(by)
    if next(iter(read_table(body).rows()), None) is None:
        raise BadInput([Problem("file", "The file has headings and no rows below them.")])
    return imports.keep(body, name=name, by=by, actor=actor, at=clock.now())


def settle_mapping(run: ImportRun, stated: Mapping[str, Any], *, by: User | None) -> Meant:
    """Give a run its mapping, which is held against the whole file. BadInput names every problem."""
    _allowed(by)
    if run.started_at is not None:
        raise Conflict("this import has begun; its mapping stands. Import the file again for another one.")
    table = read_table(
        imports.file_of(run), encoding=stated.get("encoding", ""), delimiter=stated.get("delimiter", "")
    )
    mapping = settled(table, stated)
    rows = sum(1 for _ in table.rows())
    run.mapping, run.rows, run.checked = mapping.as_json(), rows, {}
    run.status = Status.CHECKING
    run.save(update_fields=["mapping", "rows", "checked", "status"])
    return mapping


class Checked(NamedTuple):
    """One row of a file that was checked: where it stands, what would become of it ("ready", "repeated", "refused"),
    and why it would be refused."""

    number: int
    line: int
    end: str
    problems: tuple[tuple[str, str], ...] = ()


def check(
    run: ImportRun,
    *,
    tell: Callable[[int], None] = lambda row: None,
    each_row: Callable[[Checked], None] = lambda row: None,
    processes: int = 1,
) -> dict[str, Any]:
    """Read and judge every row and write nothing: how many would go in, with what outcome if nobody knows them and
    from when their clocks run, how many are in already, and the problems by column. What was found stays with the
    run; `each_row` is told of every row as it was checked."""
    table, order = running.order_of(run)
    found: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    clocks: Counter[str] = Counter()
    problems: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    seen = set()
    with running.preparing(processes, write=False) as submit:
        for batch in running.in_order(order, table.rows(), submit, processes):
            known = imports.rows_in(each.digest for each in batch.rows if isinstance(each, Prepared))
            for each in batch.rows:
                if not isinstance(each, Prepared):
                    found["refused"] += 1
                    each_row(Checked(each[0].number, each[0].line, "refused", each[0].problems))
                    for problem in each[0].problems:
                        problems[problem] += 1
                        first.setdefault(problem, each[0].number)
                elif each.digest in known or each.digest in seen:
                    found["repeated"] += 1
                    each_row(Checked(each.row.number, each.row.line, "repeated"))
                else:
                    each_row(Checked(each.row.number, each.row.line, "ready"))
                    seen.add(each.digest)
                    found["ready"] += 1
                    outcomes[each.outcome or "person_looks"] += 1
                    clocks[each.clock] += 1
            tell(batch.last)
    run.checked = {
        "counts": dict(found),
        "outcomes": dict(outcomes.most_common()),
        "clocks": [
            {
                "which": which,
                "leads": count,
                "days": math.ceil(spread_days(order.rows, which, policy(), new_today=False)),
            }
            for which, count in clocks.most_common()
        ],
        "problems": [
            {"column": column, "sentence": sentence, "rows": count, "first": first[column, sentence]}
            for (column, sentence), count in problems.most_common(50)
        ],
    }
    if run.status == Status.CHECKING:
        run.status = Status.CHECKED
    run.save(update_fields=["checked", "status"])
    return dict(run.checked)


def begin(
    run: ImportRun, *, by: User | None, actor: Actor, again: bool = False, new_today: bool | None = None
) -> None:
    """Say that the rows may come in; `running.go_on` brings them.

    `new_today`: whether their people ask today or asked earlier; at a screen somebody says so before the rows come in,
    and what was said stays. BadInput where nobody did.
    Conflict when this very file came in before, unless `again`: then only its rows that are not in yet are tried.
    """
    _allowed(by)
    if not run.mapping:
        raise BadInput([Problem("mapping", "Say what the columns mean first.")])
    if run.status in (Status.DONE,):
        raise Conflict("this import is done; import the file again to try the rows that were refused")
    if not again and (before := repeats(run)) is not None:
        raise Conflict(
            f"this very file came in on {before.made_at:%Y-%m-%d} ({told(before.counts)}); nothing was done. Correct "
            "the rows that were refused and import that file, or try them again as they are with --again"
        )
    if run.started_at is None:
        if new_today is None and by is not None:
            raise BadInput([Problem("age", "Say whether these people ask today or asked earlier.")])
        with transaction.atomic():
            run.started_at, run.status, run.new_today = clock.now(), Status.IMPORTING, bool(new_today)
            run.save(update_fields=["started_at", "status", "new_today"])
            audit.note(actor, "import_started", "import", [run.id])
    elif run.status == Status.STOPPED:
        run.status, run.error = Status.IMPORTING, ""
        run.save(update_fields=["status", "error"])


def unsettle(run: ImportRun, *, by: User | None) -> None:
    """Back to naming the columns, as long as nothing came in."""
    _allowed(by)
    if run.started_at is not None or run.status == Status.CHECKING:
        raise Conflict("this import has begun; its mapping stands. Import the file again for another one")
    run.status = Status.MAPPING
    run.save(update_fields=["status"])


def stop(run: ImportRun, *, by: User | None, actor: Actor) -> None:
    """Let a run rest where it stands; `begin` goes on with it."""
    _allowed(by)
    if ImportRun.objects.filter(id=run.id, status=Status.IMPORTING).update(status=Status.STOPPED):
        audit.note(actor, "import_stopped", "import", [run.id])


def send_on(run: ImportRun) -> None:
    """Ask the heavy worker to check the run or to bring its rows in, as its status says."""
    from firstvisit.journey.importing.jobs import import_step

    import_step.defer(run_id=str(run.id))


def discard(run: ImportRun, *, actor: Actor) -> None:
    """Forget a file of which nothing came in: a mapping that did not fit, a dry run."""
    if run.started_at is not None:
        raise Conflict("rows of this file have come in; it cannot be discarded")
    imports.forget(run, actor=actor, at=clock.now())
    run.status, run.ended_at = Status.STOPPED, clock.now()
    run.save(update_fields=["status", "ended_at"])


def repeats(run: ImportRun) -> ImportRun | None:
    """The earlier run of this very file, if one began."""
    begun = ImportRun.objects.filter(digest=run.digest, started_at__isnull=False).exclude(id=run.id)
    return begun.order_by("-made_at").first()


def told(counts: Mapping[str, int]) -> str:
    """What became of the rows, in words."""
    words = {
        "opened": "opened a lead", "joined": "joined an open lead", "repeated": "in already", "refused": "refused",
    }  # fmt: skip
    return ", ".join(f"{counts.get(end, 0):,} {said}" for end, said in words.items())


AGES: Final[dict[str, tuple[bool, str]]] = {
    "new": (True, "They are new today"),
    "older": (False, "They are older enquiries (date unknown)"),
}
"""What somebody says of a file's people before its rows come in: whether they ask today, and the words."""


def told_clocks(checked: Mapping[str, Any], *, new_today: bool) -> list[str]:
    """From when the clocks of a checked file's leads run, in sentences."""
    said = []
    for each in checked.get("clocks", ()):
        leads, days = f"{each['leads']:,}", each["days"]
        over = f"become due one after another over {days} working day{'' if days == 1 else 's'}"
        undated = "due by the clock from the moment the file was sent, all at once" if new_today else f"they {over}"
        said.append(
            {
                "fresh": f"{leads} received in the last days: due by the clock from the day they came.",
                "old": f"{leads} received longer ago: they {over}.",
                "undated": f"{leads} without a day of receipt: {undated}.",
            }[each["which"]]
        )
    return said


def told_letters(checked: Mapping[str, Any], *, new_today: bool) -> str:
    """What is sent to the people of a checked file, in a sentence."""
    if not new_today:
        return (
            "Nothing is sent by itself: no receipt, and any other letter waits for somebody's press until "
            "somebody has tried to reach them."
        )
    switch = policy().section(Switches).of("receipt")
    receipt = {
        "do": "A receipt leaves at once to whoever allowed e-mail",
        "propose": "A receipt is proposed for whoever allowed e-mail, and leaves when somebody presses",
        "off": "No receipt leaves: its switch is off",
    }[switch]
    old = any(each["which"] == "old" for each in checked.get("clocks", ()))
    rest = "; to those received longer ago nothing is sent by itself" if old else ""
    return f"{receipt}; other letters by their switches, as of anybody who asks today{rest}."


def forget_old(*, now: datetime) -> int:
    """Forget files that came in long ago; the number forgotten."""
    old = ImportRun.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS), key__wrapped__isnull=False)
    runs = list(old[:100])
    for run in runs:
        imports.forget(run, actor=audit.SYSTEM, at=now)
    return len(runs)


def _allowed(by: User | None) -> None:
    """At the terminal nobody is known by name; at a screen the account must have the capability."""
    if by is not None and not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)
