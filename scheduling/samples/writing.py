"""From the name of a sample school to its files in a folder."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scheduling.samples.beuk import beuk
from scheduling.samples.kompas import kompas
from scheduling.samples.linde import linde
from scheduling.samples.schools import SampleSchool, write_edexml, write_school
from scheduling.samples.traps import write_traps
from scheduling.samples.vlier import vlier

SCHOOLS: Mapping[str, Callable[[str], SampleSchool]] = {"linde": linde, "vlier": vlier, "mbo": kompas, "beuk": beuk}


def write_sample(name: str, folder: Path, *, year: str) -> list[Path]:
    """Write the files of a sample school, and in `traps/` files with one trap each.

    The folder itself can be imported as it is. De Linde's pupils come as EDEXML too.
    """
    school = SCHOOLS[name](year)
    paths = write_school(school, folder)
    if name == "linde":
        paths.append(folder / "edex.xml")
        write_edexml(school, paths[-1])
    return paths + write_traps(folder / "traps")
