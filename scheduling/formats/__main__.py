"""Reads school files under limits: `python -m scheduling.formats PATH…` prints one line of JSON per path.

A line is a list: the file itself, or every file in a zip. After `--as-it-stands` a file is a table of any columns.
"""

import json
import os
import sys
from pathlib import Path

MEMORY_BYTES = 300_000_000
CPU_SECONDS = 10
OUTPUT_BYTES = 100_000_000
AS_IT_STANDS = "--as-it-stands"


def main(paths: list[str]) -> int:
    """Read each path; the process ends with 1 as soon as one takes too much memory, or says too much."""
    if not paths or paths[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\n")
        return 0 if paths else 2
    limit_this_process()
    from scheduling.domain.import_documents import file_document
    from scheduling.formats.archives import read_all
    from scheduling.formats.reading import read_as_it_stands, refused
    from scheduling.formats.tables import MAX_BYTES

    as_it_stands = paths[0] == AS_IT_STANDS
    for path in map(Path, paths[as_it_stands:]):
        try:
            with path.open("rb") as source:
                data = source.read(MAX_BYTES + 1)
        except OSError:
            files = [refused(path.name, "not_found")]
        else:
            try:
                files = [read_as_it_stands(path.name, data)] if as_it_stands else read_all(path.name, data)
            except (MemoryError, RecursionError):
                return 1
        try:
            for number, file in enumerate(files):
                sys.stdout.write(("," if number else "[") + json.dumps(file_document(file)))
            sys.stdout.write("]\n")
            sys.stdout.flush()
        except (MemoryError, OSError):
            return 1
    return 0


def limit_this_process() -> None:
    """Bound memory, processor time and output, and leave numpy out: openpyxl would load it for nothing."""
    sys.modules["numpy"] = None  # type: ignore[assignment]  # makes `import numpy` fail, which openpyxl allows for
    if os.name == "posix":
        import resource

        if sys.platform == "linux":  # elsewhere address space cannot be limited so
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
