"""Every way to say no has its own sentence, and the sentence is a plain one."""

import importlib
import pkgutil

import scheduling.domain
from scheduling.domain.errors import Refused
from scheduling.wording.refusals import SENTENCES

ABSTRACT = {"scheduling.domain.errors"}


def refusals(kind=Refused):
    for found in kind.__subclasses__():
        yield found
        yield from refusals(found)


def test_every_refusal_has_a_sentence_of_its_own():
    for module in pkgutil.iter_modules(scheduling.domain.__path__):
        importlib.import_module(f"scheduling.domain.{module.name}")
    ours = [kind for kind in set(refusals()) if kind.__module__.startswith("scheduling.domain")]
    assert len(ours) > 10
    assert sorted(kind.__qualname__ for kind in ours if kind not in SENTENCES) == []
