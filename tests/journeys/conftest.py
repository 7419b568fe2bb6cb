"""A journey in a browser has the same devices as the tests of single pages."""

from tests.browser.conftest import device, pictures

__all__ = ["device", "pictures"]
