"""Read-only questions, answered in frozen dataclasses shaped like the page or letter that asks."""
