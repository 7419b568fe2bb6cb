"""Reads school files under limits: `python -m scheduling.formats FILE…` prints one line of JSON per file."""

import json
import os
import sys
from pathlib import Path

MEMORY_BYTES = 512_000_000
CPU_SECONDS = 20


def main(paths: list[str]) -> int:
    """Read each file; the process ends with 1 as soon as one takes too much memory."""
    if not paths or paths[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\n")
        return 0 if paths else 2
    limit_this_process()
    from scheduling.domain.import_documents import file_document
    from scheduling.formats.reading import read_file, refused
    from scheduling.formats.tables import MAX_BYTES

    for path in map(Path, paths):
        try:
            with path.open("rb") as source:
                file = read_file(path.name, source.read(MAX_BYTES + 1))
        except OSError:
            file = refused(path.name, "not_found")
        except (MemoryError, RecursionError):
            return 1
        sys.stdout.write(json.dumps(file_document(file), ensure_ascii=True) + "\n")
        sys.stdout.flush()
    return 0


def limit_this_process() -> None:
    """Bound memory and processor time, and leave numpy out: openpyxl would load it for nothing."""
    sys.modules["numpy"] = None  # type: ignore[assignment]  # makes `import numpy` fail, which openpyxl allows for
    if os.name == "posix":
        import resource

        if sys.platform == "linux":  # elsewhere address space cannot be limited so
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
