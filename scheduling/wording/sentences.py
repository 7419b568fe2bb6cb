"""How words stand at the start of a sentence."""

from markupsafe import soft_str


def at_start(text: str) -> str:
    """With a capital; every other letter stays as it was: class H4B, 9 September, the CLB."""
    text = soft_str(text)
    return text[:1].upper() + text[1:]
