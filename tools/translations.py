"""Collect every text of pages, letters and refusals, bring the catalogues up to date, compile them.

`python tools/translations.py` writes scheduling/translations/<language>/LC_MESSAGES/messages.{po,mo}. Dutch needs no
catalogue: the Dutch text is the key.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parents[1]
FOLDER = HERE / "scheduling" / "translations"
LANGUAGES = ("en",)
SINCE = datetime(2026, 11, 21, tzinfo=UTC)
METHODS = [
    ("scheduling/**.py", "python"),
    ("templates/demo/**", "ignore"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def main() -> int:
    """Update and compile every catalogue; say how many texts still lack a translation."""
    template = collect()
    for language in LANGUAGES:
        catalogue = update(language, template)
        missing = [message.id for message in catalogue if message.id and not is_translated(message)]
        print(f"{language}: {len(catalogue)} texts, {len(missing)} without a translation")
    return 0


def collect() -> Catalog:
    """Every text that is said to people."""
    template = Catalog(project="Driehoek", copyright_holder="Driehoek", fuzzy=False)
    options = {"templates/**.html": {"trimmed": "true", "silent": "false"}, "templates/**.txt": {"silent": "false"}}
    found = extract_from_dir(HERE, METHODS, options, KEYWORDS, ("wording:",), directory_filter=_is_ours)
    for _file, _line, message, comments, context in found:
        template.add(message, None, auto_comments=comments, context=context)
    return template


def _is_ours(folder: str) -> bool:
    return not Path(folder).name.startswith(".") and "migrations" not in folder


def update(language: str, template: Catalog) -> Catalog:
    """Bring one catalogue up to date, keep its translations, and compile it."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = Catalog()
    if path.exists():
        with path.open("rb") as source:
            known = read_po(source, locale=language)
    # Fixed dates: the same texts give the same bytes.
    catalogue = Catalog(locale=language, project="Driehoek", version="1", copyright_holder="Driehoek", fuzzy=False,
                        msgid_bugs_address="-", last_translator="Driehoek", language_team="Driehoek",
                        header_comment="# Driehoek", creation_date=SINCE, revision_date=SINCE)  # fmt: skip
    for message in template:
        if message.id:
            kept = known.get(message.id, message.context)
            same = kept is not None and kept.pluralizable == message.pluralizable
            catalogue.add(message.id, kept.string if kept and same else None, context=message.context)
    with path.open("wb") as target:
        write_po(target, catalogue, width=0, sort_output=True, no_location=True)
    with path.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalogue)
    return catalogue


def is_translated(message: object) -> bool:
    """Is every form of this text there?"""
    string = message.string  # type: ignore[attr-defined]
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
