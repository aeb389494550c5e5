"""`make browser`, which `make test` begins with: Chromium is installed where it may be, and else it is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


class Machine:
    """A machine on which only these programs exist; each notes how it was called."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.calls = folder / "bin", folder / "calls"
        self.bin.mkdir()
        self.calls.touch()

    def has(self, name: str, script: str = "") -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        path.chmod(0o755)

    def make_browser(self, **environ: str) -> subprocess.CompletedProcess[str]:
        make = shutil.which("make")
        assert make is not None
        return subprocess.run(
            [make, "-f", str(ROOT / "Makefile"), "browser"],
            env={"PATH": str(self.bin), **environ},
            cwd=self.bin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def called(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if not line.startswith("id ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def installs(machine: Machine) -> str:
    """apt-get that really brings Chromium."""
    chromium = machine.bin / "chromium"
    return f'case "$*" in *chromium*) echo > {chromium}; {shutil.which("chmod")} 755 {chromium};; esac'


def test_a_chromium_that_is_there_is_left_alone(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get")
    machine.has("chromium")
    done = machine.make_browser(FIRSTVISIT_REQUIRE_BROWSER="1")
    assert (done.returncode, done.stdout, machine.called()) == (0, "", [])


def test_root_gets_one_installed(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get", installs(machine))
    done = machine.make_browser(FIRSTVISIT_REQUIRE_BROWSER="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert machine.called() == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium",
    ]
    assert os.access(machine.bin / "chromium", os.X_OK)


@pytest.mark.parametrize("user", ["0", "1000"])
def test_without_one_the_tests_go_on_and_ci_does_not(machine: Machine, user: str) -> None:
    machine.has("id", f"echo {user}")
    machine.has("apt-get", "exit 100")
    assert machine.make_browser().returncode == 0
    assert (machine.called() == []) == (user != "0")
    required = machine.make_browser(FIRSTVISIT_REQUIRE_BROWSER="1")
    assert required.returncode != 0
    assert "there is no Chromium on this machine" in required.stdout
