"""All sentences of refusal together: importing this module makes every one of them known."""

import importlib
import pkgutil

from scheduling import wording
from scheduling.wording.errors import SENTENCES, sentence

__all__ = ["SENTENCES", "sentence"]

for module in pkgutil.iter_modules(wording.__path__):
    importlib.import_module(f"{wording.__name__}.{module.name}")
