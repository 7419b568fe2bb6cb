"""Make the pictures of the README from a demo that runs while they are taken: `python tools/pictures.py`."""

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parents[1]
PICTURES = HERE / "docs" / "pictures"
AT_MOST = 200_000


def main() -> int:
    """Run a demo of its own in a temporary place, look at four pages, and stop it again."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not here.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo, doors = start_demo(Path(folder))
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            take(browser, doors)
            browser.close()
        finally:
            demo.terminate()
            demo.wait(timeout=30)
    heavy = [path.name for path in PICTURES.glob("*.png") if path.stat().st_size > AT_MOST]
    if heavy:
        print(f"Too heavy for a README: {', '.join(heavy)}", file=sys.stderr)
    return 1 if heavy else 0


def start_demo(folder: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The demo, and the addresses it prints: the first of each kind."""
    command = [sys.executable, "-m", "scheduling.demo", "--port", str(free_port()), "--folder", str(folder)]
    demo = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    doors: dict[str, str] = {}
    for line in demo.stdout or ():
        name, _, address = line.strip().partition(": ")
        doors.setdefault(name, address)
        if name == "mailbox":
            return demo, doors
    raise SystemExit(f"the demo stopped with {demo.wait()}")


def take(browser: Browser, doors: dict[str, str]) -> None:
    """Come in at every door, and go to the page that says most."""
    page = device(browser, 360, 800)
    page.goto(doors["parent"])
    page.get_by_role("button", name="Bekijk en antwoord").click()
    keep(page, "parent-home")
    page = device(browser, 1280, 900)
    page.goto(doors["office"])
    page.get_by_role("button").first.click()
    page.get_by_role("link", name="Rondes", exact=True).click()
    page.get_by_role("link", name="Startgesprekken").first.click()
    keep(page, "office-round")
    page = device(browser, 1280, 1000)
    page.goto(doors["mentor"])
    page.get_by_role("button").first.click()
    page.get_by_role("link", name="Mijn rooster", exact=True).click()
    keep(page, "leader-roster")
    page = device(browser, 680, 900)
    page.goto(doors["mailbox"])
    page.get_by_role("main").get_by_role("link").first.click()
    page.goto(f"{page.url}/html")
    keep(page, "letter")


def device(browser: Browser, width: int, height: int) -> Page:
    return browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL").new_page()


def keep(page: Page, name: str) -> None:
    """One screen of it."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.screenshot(path=PICTURES / f"{name}.png")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
