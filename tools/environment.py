"""Make .venv with exactly the packages of requirements*.txt; do nothing when it has them already.

Standard library only: it runs before anything is installed.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
FILES = [HERE / "requirements.txt", HERE / "requirements-dev.txt"]
ENVIRONMENT = HERE / ".venv"
STAMP = ENVIRONMENT / "requirements.sha256"


def main() -> int:
    """Make or refresh the environment; 0 when it is as it should be."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older Python
        print(f"Driehoek needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in FILES)).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return 0
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists() and not _make():
        return 1
    given = [part for file in FILES for part in ("-r", str(file))]
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", *given]
    else:
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                   *given]  # fmt: skip
    print("Installing the pinned packages in .venv …", file=sys.stderr)
    status = subprocess.run(command, cwd=HERE).returncode
    if status == 0:
        STAMP.write_text(wanted)
    return status


def _make() -> bool:
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out of python3
    except ImportError:
        print("Python here cannot make environments. On Debian or Ubuntu: apt install python3-venv", file=sys.stderr)
        return False
    return subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)]).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
