"""The rows of a school file, kept with its draft for a day: to be mended, left out, repaired and read again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scheduling.domain.mojibake import is_mojibake, repair_mojibake

Cells = tuple[str, ...]
NumberedRows = tuple[tuple[int, Cells], ...]


@dataclass(frozen=True, slots=True)
class ChosenCell:
    """What the office chose for one cell that said more than one thing."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table as it was read, and beside it what the office did to it; what a file said itself stays as it was.

    Cells of columns that nobody reads are kept empty. A row may be narrower or wider than the header.
    """

    header: Cells
    rows: NumberedRows
    encoding: str = "utf-8"
    columns: Mapping[str, int] = field(default_factory=dict)
    """Per field of the layout the place of its column; nothing when the layout is unknown."""
    mended: NumberedRows = ()
    left_out: tuple[int, ...] = ()
    chosen: tuple[ChosenCell, ...] = ()
    repaired: bool = False

    @property
    def row_numbers(self) -> frozenset[int]:
        return frozenset(number for number, _ in self.rows)

    def cells(self, number: int) -> Cells | None:
        """A row as it counts now; None when there is no such row."""
        written = dict(self.rows).get(number)
        return None if written is None else self._as_it_counts(number, dict(self.mended).get(number, written))

    def cell(self, number: int, field: str) -> str:
        """What a row says about one field; nothing when there is no such cell."""
        cells, place = self.cells(number) or (), self.columns.get(field)
        return cells[place] if place is not None and place < len(cells) else ""

    def in_use(self) -> Iterator[tuple[int, Cells]]:
        """The rows that count, as they count."""
        mended, left_out = dict(self.mended), set(self.left_out)
        changed = {choice.row for choice in self.chosen}
        for number, written in self.rows:
            if number not in left_out:
                cells = mended.get(number, written)
                yield number, self._as_it_counts(number, cells) if self.repaired or number in changed else cells

    def with_row(self, number: int, cells: Sequence[str]) -> "KeptTable":
        """The row says this from now on."""
        kept = tuple(text if place in self.columns.values() else "" for place, text in enumerate(cells))
        return replace(
            self,
            mended=tuple(sorted({**dict(self.mended), number: kept}.items())),
            left_out=tuple(one for one in self.left_out if one != number),
            chosen=tuple(choice for choice in self.chosen if choice.row != number),
        )

    def without_row(self, number: int) -> "KeptTable":
        """The row does not count."""
        return replace(self, left_out=tuple(sorted({*self.left_out, number})))

    def as_written(self, number: int) -> "KeptTable":
        """The row counts again, as it stood in the file."""
        return replace(
            self,
            mended=tuple((one, cells) for one, cells in self.mended if one != number),
            left_out=tuple(one for one in self.left_out if one != number),
            chosen=tuple(choice for choice in self.chosen if choice.row != number),
        )

    def with_choice(self, choice: ChosenCell | None, row: int, column: int) -> "KeptTable":
        """One cell says what was chosen for it; None: what it said itself."""
        others = tuple(one for one in self.chosen if (one.row, one.column) != (row, column))
        return replace(self, chosen=(*others, choice) if choice else others)

    def damaged(self, limit: int) -> list[tuple[str, str]]:
        """Some cells that look damaged, each with what it becomes; told from the file itself, repaired or not."""
        found: dict[str, str] = {}
        for _, cells in self.rows:
            for text in cells:
                if not text.isascii() and text not in found and is_mojibake(text):
                    found[text] = repair_mojibake(text)
                    if len(found) == limit:
                        return list(found.items())
        return list(found.items())

    def _as_it_counts(self, number: int, cells: Cells) -> Cells:
        texts = [repair_mojibake(text) if is_mojibake(text) else text for text in cells] if self.repaired else [*cells]
        for choice in self.chosen:
            if choice.row == number and choice.column < len(texts):
                texts[choice.column] = choice.text
        return tuple(texts)
