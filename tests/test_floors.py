"""The plan of the house, held by a machine."""

import subprocess
import sys
from pathlib import Path

from scheduling.models import schema

HERE = Path(__file__).resolve().parents[1]
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def test_imports_go_down_only():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=HERE, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_drawer_without_a_label():
    names = {path.stem for path in (HERE / "scheduling").rglob("*.py")}
    assert not names & DRAWERS


def test_importing_the_app_loads_no_solver_and_no_migrations():
    heavy = ("highspy", "numpy", "scipy", "alembic", "flask_migrate")
    done = subprocess.run(
        [sys.executable, "-c", f"import app, sys; print([name for name in {heavy} if name in sys.modules])"],
        cwd=HERE,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(HERE), "PATH": ""},
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_migrations_are_found_from_the_command_line(tmp_path):
    done = subprocess.run(
        [str(Path(sys.executable).parent / "flask"), "db", "heads"],
        cwd=HERE,
        capture_output=True,
        text=True,
        env={"PATH": "", "DRIEHOEK_ENV": "development", "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite'}"},
    )
    assert done.stdout.strip() == f"{max(schema.newest())} (head)", done.stdout + done.stderr


def test_only_one_place_commits():
    commits = [
        path.name for path in (HERE / "scheduling").rglob("*.py") if ".commit()" in path.read_text(encoding="utf-8")
    ]
    assert commits == ["transaction.py"]


def test_only_the_doors_ask_what_time_it_is():
    asking = {
        str(path.relative_to(HERE / "scheduling"))
        for path in (HERE / "scheduling").rglob("*.py")
        if "datetime.now(" in path.read_text(encoding="utf-8") or "date.today(" in path.read_text(encoding="utf-8")
    }
    assert asking <= {"web/clock.py", "cli.py", "jobs.py", "demo.py"}, asking
