"""A journey in a browser has the same devices as the tests of single pages."""

from tests.browser.conftest import come_in, device, pictures

__all__ = ["come_in", "device", "pictures"]
