"""Untrusted files are read in a process of their own, which may die without harm."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scheduling.domain.import_documents import file_from_document
from scheduling.domain.imports import SchoolFile
from scheduling.formats.__main__ import AS_IT_STANDS
from scheduling.formats.reading import refused

SECONDS = 8
SECONDS_IN_TOTAL = 24
MAX_FILES = 100
PACKAGE_HOME = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
"""All that the reading process gets to see of our settings: no secret is among them."""


def read_files(
    paths: Sequence[Path], *, seconds: float = SECONDS, in_total: float = SECONDS_IN_TOTAL, as_it_stands: bool = False
) -> list[SchoolFile]:  # fmt: skip
    """Read school files, in their order; a file that takes too long or too much says so and the others go on.

    A zip stands for the files in it. `as_it_stands`: a file is a table, whatever its columns.
    """
    files: list[SchoolFile] = []
    left = list(paths[:MAX_FILES])
    ends = time.monotonic() + in_total
    while left and (seconds_left := ends - time.monotonic()) > 0:
        read, reason = _read_some(left, min(seconds, seconds_left), as_it_stands)
        files += [file for files_of_path in read for file in files_of_path]
        left = left[len(read) :]
        if left and not read:  # this one had the process to itself
            files.append(refused(left.pop(0).name, reason))
    files += [refused(path.name, "too_slow") for path in left]
    return files + [refused(path.name, "too_many_files", limit=str(MAX_FILES)) for path in paths[MAX_FILES:]]


def read_uploads(
    uploads: Sequence[tuple[str, bytes]], *, seconds: float = SECONDS, as_it_stands: bool = False
) -> list[SchoolFile]:  # fmt: skip
    """Read files that came over the web, by name and content; names of folders in them do not count."""
    with tempfile.TemporaryDirectory(prefix="driehoek-") as folder:
        paths: list[Path] = []
        for number, (name, data) in enumerate(uploads):
            path = Path(folder) / str(number) / _own_name(name, {path.name for path in paths})
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        return read_files(paths, seconds=seconds, as_it_stands=as_it_stands)


def paths_in(paths: Sequence[Path]) -> list[Path]:
    """The files meant: a folder stands for the files in it, not for its subfolders or hidden files."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if not path.is_dir() or (file.is_file() and not file.name.startswith("."))]
    return found


def _own_name(name: str, taken: set[str]) -> str:
    """The name without folders; a second file of one name gets a number, so that a problem says which it is about."""
    bare = Path(name.replace("\\", "/").replace("\0", "")).name[:100] or "upload"
    stem, suffix = Path(bare).stem, Path(bare).suffix
    names = (bare, *(f"{stem} ({number}){suffix}" for number in range(2, MAX_FILES * 2)))
    return next((name for name in names if name not in taken), bare)


def _read_some(paths: Sequence[Path], seconds: float, as_it_stands: bool) -> tuple[list[list[SchoolFile]], str]:
    """Per path the files read until the process ended, and why it would have ended early."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment |= {"PYTHONPATH": str(PACKAGE_HOME), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "scheduling.formats", *([AS_IT_STANDS] if as_it_stands else [])]
    command += [str(path.absolute()) for path in paths]
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
            reason = _reason(ended.returncode)
        except subprocess.TimeoutExpired:
            reason = "too_slow"
        output.seek(0)
        read = [
            [file_from_document(document) for document in json.loads(line)]
            for line in output
            if line.endswith(b"\n")
        ]  # fmt: skip
    return read, reason


def _reason(returncode: int) -> str:
    if returncode == 0:
        return "not_read"
    return "too_slow" if returncode == -getattr(signal, "SIGXCPU", 0) else "too_heavy"
