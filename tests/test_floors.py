"""The plan of the house, held by a machine."""

import subprocess
import sys
from pathlib import Path

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


def test_importing_the_app_loads_no_solver():
    done = subprocess.run(
        [sys.executable, "-c", "import app, sys; print('highspy' in sys.modules, 'numpy' in sys.modules)"],
        cwd=HERE,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(HERE), "PATH": ""},
    )
    assert done.stdout.split() == ["False", "False"], done.stdout + done.stderr


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
