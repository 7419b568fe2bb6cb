"""A real Chromium before a real server, on a chosen day."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from waitress.server import create_server

from tests.worlds import NOW, World, a_world_to_visit

# A busy machine may be slow; a page that is right in the end is right.
expect.set_options(timeout=20_000)


@pytest.fixture
def served(make_app: Callable[..., Flask]) -> Iterator[tuple[str, Flask]]:
    """The app behind a real server; time runs on from `NOW`."""
    with time_machine.travel(NOW, tick=True):
        app = make_app(BASE_URL="http://127.0.0.1")
        server: Any = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}", app
        server.close()
        thread.join(timeout=5)


@pytest.fixture
def world(served: tuple[str, Flask]) -> World:
    """The small school with everybody in it; its rows can be read after the context is gone."""
    with served[1].app_context():
        return a_world_to_visit()


@pytest.fixture
def device(chromium: Browser, served: tuple[str, Flask]) -> Iterator[Callable[..., Page]]:
    """A device with a browser: `device(width=360, script=False, dark=True)`."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1280, *, script: bool = True, dark: bool = False, **more: Any) -> Page:
        context = chromium.new_context(
            base_url=served[0], viewport={"width": width, "height": 800 if width > 600 else 640},
            java_script_enabled=script, color_scheme="dark" if dark else "light", locale="nl-NL", **more,
        )  # fmt: skip
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def come_in(served: tuple[str, Flask]) -> Callable[[Page, Any], None]:
    """Put a person's session on a device, as if the link was opened or the colleague signed in."""
    from tests.visitor import Visitor

    base, app = served

    def enter(page: Page, person: Any) -> None:
        from scheduling.models import Staff

        with app.app_context():
            visitor = Visitor(app)
            visitor.signs_in(person) if isinstance(person, Staff) else visitor.comes_by_link(person)
        cookie = visitor.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])

    return enter


@pytest.fixture
def pictures() -> Path:
    """Where pictures of pages go, for a person to look at."""
    folder = Path(__file__).resolve().parents[2] / "test-output" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
