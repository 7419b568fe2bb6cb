"""From the name of a sample school to its files in a folder."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scheduling.samples.beuk import beuk
from scheduling.samples.exports import EXPORTS
from scheduling.samples.kompas import kompas
from scheduling.samples.linde import linde
from scheduling.samples.moved_up import linde_moved_up
from scheduling.samples.schools import SampleSchool, edexml, own_files
from scheduling.samples.system_traps import TRAPS, systems_of, trap_files
from scheduling.samples.traps import write_traps
from scheduling.samples.vlier import vlier

SCHOOLS: Mapping[str, Callable[[str], SampleSchool]] = {"linde": linde, "vlier": vlier, "mbo": kompas, "beuk": beuk}

MOVED_UP: Mapping[str, Callable[[str], SampleSchool]] = {"linde": linde_moved_up}


def write_sample(name: str, folder: Path, *, year: str, moved_up: bool = False) -> list[Path]:
    """Write the files of a sample school, and in `traps/` files with one trap each.

    The folder itself can be imported as it is. De Linde's pupils come as EDEXML too. `moved_up`: the people of the
    year before, a year on.
    """
    school = (MOVED_UP if moved_up else SCHOOLS)[name](year)
    files = {**own_files(school), **(edexml(school) if name == "linde" else {})}
    return _write(folder, files) + write_traps(folder / "traps")


def write_export(name: str, layout: str, folder: Path, *, year: str) -> list[Path]:
    """Write a sample school as one system hands it over."""
    return _write(folder, EXPORTS[name][layout].files(SCHOOLS[name](year)))


def write_system_traps(folder: Path) -> list[Path]:
    """Write every trap in the layout of every system that can carry it."""
    return [
        path
        for trap in TRAPS
        for system in systems_of(trap)
        for path in _write(folder / system / trap, trap_files(trap, system))
    ]


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]
