"""Loading a practice from files: what open work stands on is not taken away under it."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class
from tests.people import MARQUETTE_MAN, RED_FLAG, but

from firstvisit.config import doctoring
from firstvisit.journey import verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import ConfigurationError
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Task
from firstvisit.practice import queries, services
from firstvisit.practice.content import PracticeFiles
from firstvisit.practice.files import SAMPLE, write_folder
from firstvisit.practice.models import Queue, SiteRow, User
from firstvisit.practice.shape import Practice

Load = Callable[[PracticeFiles], int]


@pytest.fixture
def leads(arrive: Callable[[Any], Lead]) -> list[Lead]:
    """Two open leads at Marquette, and a red flag at Madison that waits for clinical review."""
    another = but(
        MARQUETTE_MAN,
        patient__first_name="Aino",
        patient__date_of_birth="1980-02-11",
        contact__name="Aino Pikkarainen",
        contact__phone="+19065550107",
        contact__email="aino.pikkarainen@example.org",
    )
    arrive(RED_FLAG)
    return [arrive(MARQUETTE_MAN), arrive(another)]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`firstvisit practice load`, in this transaction; the exit code."""

    def run(files: PracticeFiles) -> int:
        write_folder(replace(files, rules={}), tmp_path / "files")
        command: Any = load_command_class("firstvisit.config", "practice")
        code: int = command.run(Namespace(verb="load", folder=tmp_path / "files"))
        return code

    return run


def without_site(files: PracticeFiles, slug: str) -> PracticeFiles:
    """The same practice after a site was given up, with everything that names it."""

    def less(values: tuple[Any, ...]) -> tuple[Any, ...]:
        fewer = [(one, tuple(site for site in one.sites if site != slug)) for one in values]
        return tuple(
            one.model_copy(update={"sites": sites}) for one, sites in fewer if sites or not one.sites
        )

    return replace(
        files,
        sites=tuple(one for one in files.sites if one.slug != slug),
        queues=tuple(one for one in files.queues if one.site != slug),
        programs=less(files.programs),
        resources=less(files.resources),
        staff=tuple(
            one.model_copy(update={"queues": tuple(q for q in one.queues if not q.endswith(slug))})
            for one in less(files.staff)
            if one.resource is None or slug not in one.sites
        ),
    )


def without_queue(files: PracticeFiles, slug: str) -> PracticeFiles:
    """The same practice without one of its queues."""
    staff = tuple(
        one.model_copy(update={"queues": tuple(queue for queue in one.queues if queue != slug)})
        for one in files.staff
    )
    return replace(files, queues=tuple(one for one in files.queues if one.slug != slug), staff=staff)


def test_a_site_with_open_leads_is_kept_and_nothing_is_changed(
    leads: list[Lead], load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    logged = AuditRow.objects.count()
    assert load(without_site(queries.as_files(), "marquette")) == 1
    said = capsys.readouterr()
    assert "site marquette has 2 open leads: close them or keep the site" in said.err
    assert said.out == ""
    assert SiteRow.objects.get(slug="marquette").retired_at is None
    assert Queue.objects.get(slug="front_desk_marquette").retired_at is None
    assert AuditRow.objects.count() == logged
    assert "marquette" in queries.practice().sites


def test_a_site_goes_when_its_leads_are_closed(leads: list[Lead], load: Load) -> None:
    Task.objects.filter(site="marquette").update(status="done")
    Lead.objects.filter(site="marquette").update(closed_at=clock.now())
    assert load(without_site(queries.as_files(), "marquette")) == 0
    assert "marquette" not in queries.practice().sites


def test_leads_return_from_whoever_may_not_see_them_after_a_load(
    leads: list[Lead], load: Load, staff: Callable[[str], User], capsys: pytest.CaptureFixture[str]
) -> None:
    verbs.take(leads[0], staff("reggie"), actor=SYSTEM)
    files = queries.as_files()
    moved = tuple(
        member.model_copy(update={"sites": ("madison",)}) if member.email.startswith("reggie@") else member
        for member in files.staff
    )
    assert load(replace(files, staff=moved)) == 0
    assert f"back in the queue of their route, as whoever had them may no longer: L-{leads[0].number}" in (
        capsys.readouterr().err
    )
    leads[0].refresh_from_db()
    assert leads[0].owner_user is None and leads[0].owner_queue is not None


def test_a_task_without_a_lead_keeps_its_site_too(
    leads: list[Lead], load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    Lead.objects.filter(site="marquette").update(closed_at=clock.now())
    task = Task.objects.filter(site="marquette").first()
    assert task is not None
    Task.objects.filter(site="marquette").exclude(id=task.id).update(status="done")
    Task.objects.filter(id=task.id).update(lead=None, status="open")
    assert load(without_site(queries.as_files(), "marquette")) == 1
    assert "site marquette has 1 open task:" in capsys.readouterr().err


def test_a_queue_that_the_rules_name_or_that_owns_work_is_kept(
    leads: list[Lead], load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    owned = Lead.objects.filter(closed_at=None, owner_queue__slug="clinical_review").count()
    assert owned
    assert load(without_queue(queries.as_files(), "clinical_review")) == 1
    said = capsys.readouterr().err
    assert f"queue clinical_review has {owned} open lead" in said
    assert "queue clinical_review is named by the live rules (routing)" in said
    assert Queue.objects.get(slug="clinical_review").retired_at is None


def test_doctor_tells_of_open_work_at_a_site_that_is_gone(leads: list[Lead]) -> None:
    assert "sites" not in {finding.about for finding in doctoring._practice()}
    SiteRow.objects.filter(slug="marquette").update(retired_at=clock.now() - timedelta(days=1))
    (finding,) = [one for one in doctoring._practice() if one.about == "sites"]
    assert finding.state == "broken"
    assert "site marquette is not there and has 2 open leads" in finding.words


def test_doctor_tells_where_nobody_may_judge_red_flags(leads: list[Lead]) -> None:
    for user in User.objects.all():
        services.set_password(user=user, password="maple-harbor-lantern")
    assert [one.state for one in doctoring._accounts() if one.about == "red flags"] == ["ok"]
    everywhere = User.objects.filter(role__capabilities__contains=["clinical.review"], sites=None)
    everywhere.update(is_active=False)
    User.objects.filter(role__capabilities__contains=["clinical.review"], sites__slug="marquette").update(
        is_active=False
    )
    (finding,) = [one for one in doctoring._accounts() if one.about == "red flags"]
    assert finding.state == "broken"
    assert "at marquette" in finding.words


def test_what_the_rules_name_and_the_practice_lacks_is_told_with_file_and_line(
    practice: Practice, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(SAMPLE, folder)
    routing = folder / "rules" / "routing.toml"
    before = routing.read_text("utf-8")
    routing.write_text(before.replace('queue = "partners"', 'queue = "nowhere"'), encoding="utf-8")
    line = before.partition('queue = "partners"')[0].count("\n") + 1
    command: Any = load_command_class("firstvisit.config", "practice")
    with pytest.raises(ConfigurationError) as told:
        command.run(Namespace(verb="load", folder=folder))
    [said] = told.value.problems
    assert said.startswith(f"rules/routing.toml, line {line}, routes 2, queue: ") and "nowhere" in said
