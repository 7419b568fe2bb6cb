"""Untrusted files are read in a process of their own, which may die without harm."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scheduling.domain.import_documents import file_from_document
from scheduling.domain.imports import SchoolFile
from scheduling.formats.reading import refused
from scheduling.formats.tables import MAX_BYTES

SECONDS = 10
MAX_FILES = 100
PACKAGE_HOME = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
"""All that the reading process gets to see of our settings: no secret is among them."""


def read_files(paths: Sequence[Path], *, seconds: float = SECONDS) -> list[SchoolFile]:
    """Read school files, in their order; a file that takes too long or too much says so and the others go on."""
    files: list[SchoolFile] = []
    left = list(paths[:MAX_FILES])
    while left:
        read, reason = _read_some(left, seconds)
        files += read
        left = left[len(read) :]
        if left:
            files.append(refused(left.pop(0).name, reason))
    return files + [refused(path.name, "too_many_files", limit=str(MAX_FILES)) for path in paths[MAX_FILES:]]


def read_uploads(uploads: Sequence[tuple[str, bytes]], *, seconds: float = SECONDS) -> list[SchoolFile]:
    """Read files that came over the web, by name and content; names of folders in them do not count."""
    with tempfile.TemporaryDirectory(prefix="driehoek-") as folder:
        paths = []
        for number, (name, data) in enumerate(uploads):
            path = Path(folder) / str(number) / (Path(name.replace("\\", "/")).name[:100] or "upload")
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        return read_files(paths, seconds=seconds)


def paths_in(paths: Sequence[Path]) -> list[Path]:
    """The files meant: a folder stands for the files in it, not for its subfolders or hidden files."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if not path.is_dir() or (file.is_file() and not file.name.startswith("."))]
    return found


def _read_some(paths: Sequence[Path], seconds: float) -> tuple[list[SchoolFile], str]:
    """The files read until the process ended, and why it would have ended early."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment |= {"PYTHONPATH": str(PACKAGE_HOME), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "scheduling.formats", *(str(path.absolute()) for path in paths)]
    with tempfile.TemporaryFile() as output:
        try:
            ended = subprocess.run(  # noqa: S603 - our own module, the paths are arguments and never a shell's
                command,
                stdout=output,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                env=environment,
                timeout=seconds,
                check=False,
            )
            reason = "too_heavy" if ended.returncode else "not_read"
        except subprocess.TimeoutExpired:
            reason = "too_slow"
        output.seek(0)
        lines = output.read(len(paths) * MAX_BYTES * 4).splitlines(keepends=True)
    return [file_from_document(json.loads(line)) for line in lines if line.endswith(b"\n")], reason
