"""Files that a screen sent on their way: checked and brought in by the heavy worker, a stretch at a time, so that
other long work has its turn and the front desk its database."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from firstvisit.journey.importing import running, verbs
from firstvisit.journey.importing.committing import Elsewhere
from firstvisit.kernel import clock
from firstvisit.steps.intake.models import ImportRun

log = structlog.get_logger("importing")

STRETCH_SECONDS = 120.0
PROCESSES = 2
SMALL = 500
"""Rows up to which one process is done before another has begun."""


@app.task(queue="heavy", pass_context=False)
def import_step(run_id: str) -> None:
    """Check a run, or bring in its rows for a while; what is left is asked for again."""
    run = ImportRun.objects.select_related("key", "document").get(id=run_id)
    processes = 1 if run.rows <= SMALL else PROCESSES
    try:
        if run.status == ImportRun.Status.CHECKING:
            verbs.check(run, tell=lambda row: _note_checked(run, row), processes=processes)
        elif run.status == ImportRun.Status.IMPORTING:
            done = running.go_on(run, processes=processes, seconds=STRETCH_SECONDS)
            if not done.finished:
                import_step.defer(run_id=run_id)
    except Elsewhere:
        log.info("import_elsewhere", run=run_id)  # a rescued job and the one that was thought dead: one goes on
    except Exception as error:
        log.error("import_stopped", run=run_id, exc_info=error)
        ImportRun.objects.filter(id=run_id).update(
            status=ImportRun.Status.STOPPED, error=type(error).__name__, ended_at=clock.now()
        )
        raise


def _note_checked(run: ImportRun, row: int) -> None:
    """How far the check is, for the screen."""
    ImportRun.objects.filter(id=run.id, status=ImportRun.Status.CHECKING).update(checked={"row": row})
