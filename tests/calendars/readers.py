"""Calendar readers that are not ours: vobject, ical.js and node-ical (by Node), and libical's checker (by ctypes)."""

import ctypes
import ctypes.util
import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import vobject

from tests.conftest import unavailable

HERE = Path(__file__).parent


def by_vobject(data: bytes) -> list[dict[str, Any]]:
    calendar = vobject.readOne(data.decode())
    return [
        {
            "uid": event.uid.value,
            "sequence": int(event.sequence.value),
            "start": moment(event.dtstart.value),
            "end": moment(event.dtend.value),
            "summary": event.summary.value,
            "location": event.location.value,
            "status": event.status.value,
            "attendees": [one.value for one in event.contents.get("attendee", [])],
        }
        for event in calendar.vevent_list
    ]


def by_node(data: bytes) -> dict[str, Any]:
    """What ical.js (`icaljs`) and node-ical (`nodeical`) see, and the method."""
    _node_packages()
    done = subprocess.run(["node", "read.mjs"], input=data, cwd=HERE, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def libical_errors(data: bytes) -> int:
    """How many breaches of RFC 5545 and 5546 libical finds."""
    library = _libical()
    component = ctypes.c_void_p(library.icalparser_parse_string(data))
    assert component.value, "libical cannot read this at all"
    fits = library.icalrestriction_check(component)
    errors: int = library.icalcomponent_count_errors(component)
    library.icalcomponent_free(component)
    return errors + (not fits)


def moment(value: datetime | str) -> str:
    """A moment in UTC, the same words whoever read it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _libical() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    if name is None:
        unavailable("libical (the Debian package libical3)")
    library = ctypes.CDLL(str(name))
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    return library


@cache
def _node_packages() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        unavailable("Node with npm")
    if (HERE / "node_modules" / "node-ical").is_dir() and (HERE / "node_modules" / "ical.js").is_dir():
        return
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    if subprocess.run(command, cwd=HERE, capture_output=True, timeout=240).returncode:
        unavailable("ical.js and node-ical (npm could not install them)")
