"""Why a file cannot be taken in at all."""


class Unreadable(Exception):
    """A file that cannot be taken in; `code` and `facts` say why, `row` where, as far as known."""

    def __init__(self, code: str, row: int = 0, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.row = row
        self.facts = facts
