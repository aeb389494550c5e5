"""The two rules of the line that import-linter cannot say, and proof that its contracts bite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from firstvisit.leads.facts import FACTS, names
from firstvisit.leads.models import FactsRow
from firstvisit.practice.checks import EXCLUSION_FACTS

ROOT = Path(__file__).parents[2]
LINE = [
    "kernel",
    "documents",
    "practice",
    "people",
    "leads",
    "messages",
    "intake",
    "qualify",
    "routing",
    "coverage",
    "booking",
    "journey",
    "api",
    "web",
    "config",
]
"""App labels, bottom first, as in .importlinter; the steps stand side by side."""
STEPS = {"intake", "qualify", "routing", "coverage", "booking"}


def upward_keys(relations: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (from, to) pairs of app labels that point up the line or from one step to another."""
    return [
        (here, there)
        for here, there in relations
        if here in LINE
        and there in LINE
        and (LINE.index(there) > LINE.index(here) or (here != there and {here, there} <= STEPS))
    ]


def test_foreign_keys_only_point_down_the_line() -> None:
    relations = [
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
    ]
    assert len(relations) > 20
    assert upward_keys(relations) == []


@pytest.mark.parametrize("planted", [("people", "leads"), ("intake", "routing"), ("kernel", "practice")])
def test_a_planted_upward_key_is_found(planted: tuple[str, str]) -> None:
    assert upward_keys([planted]) == [planted]


def test_every_app_of_ours_has_its_place_in_the_line() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("firstvisit.")}
    assert ours == set(LINE)


def test_facts_table_registry_and_columns_are_the_same_list() -> None:
    columns = {field.name for field in FactsRow._meta.get_fields() if field.name != "lead"}
    assert set(names()) == set(FACTS) == columns


def test_exclusions_may_only_test_registered_facts() -> None:
    assert set(EXCLUSION_FACTS) <= set(FACTS)


def test_a_planted_import_breaks_the_contract(tmp_path: Path) -> None:
    copy = tmp_path / "src"
    subprocess.run(["cp", "-r", str(ROOT / "src"), str(copy)], check=True)
    (copy / "firstvisit" / "people" / "planted.py").write_text("import firstvisit.journey.plan\n")
    (tmp_path / ".importlinter").write_text((ROOT / ".importlinter").read_text())
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 1
    assert "firstvisit.people.planted -> firstvisit.journey.plan" in linted.stdout


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, skip_checks=True, verbosity=0)
