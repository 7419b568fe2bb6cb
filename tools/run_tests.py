"""Run every test this machine can run, on all its cores; extra arguments go to pytest."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def main() -> int:
    """The suite in parallel; tests of races and faults, which need the machine for themselves, after it."""
    extra = sys.argv[1:]
    if extra:
        return _pytest(*extra)
    together = _pytest("-n", str(os.cpu_count() or 1), "--dist", "loadfile", "-m", "not alone")
    alone = _pytest("-m", "alone")
    return together or alone


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *arguments], cwd=HERE).returncode


if __name__ == "__main__":
    sys.exit(main())
