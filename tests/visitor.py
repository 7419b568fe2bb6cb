"""Open pages as a family or as staff would, and check the house rules on every page that comes back.

visitor = Visitor(app); visitor.comes_by_link(guardian); page = visitor.opens("/family/")
page = page.presses("Ja, deze tijd past"); page = visitor.signs_in(colleague); page.fills(email="…").presses("Log in")
"""

import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask

from scheduling.domain.links import HolderKind, hash_of, new_secret
from scheduling.models import AccessLink, Guardian, Pupil, SchoolYear, Staff, Visit, db

FIELDS = ("input", "select", "textarea")


class Visitor:
    """One person with one browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def comes_by_link(self, person: Guardian | Pupil) -> "Visitor":
        """A visit as a personal link opens it; call it inside an app context."""
        key = new_secret()
        year = db.session.query(SchoolYear).first()
        is_pupil = isinstance(person, Pupil)
        link = AccessLink(
            token_hash=new_secret().hash, kind=HolderKind.PUPIL if is_pupil else HolderKind.GUARDIAN,
            guardian_id=None if is_pupil else person.id, pupil_id=person.id if is_pupil else None, year_id=year.id,
            created_at=_now(), expires_at=_now() + timedelta(days=999),
        )  # fmt: skip
        db.session.add(link)
        db.session.flush()
        self._visit(Visit(key_hash=hash_of(key.token), link_id=link.id, **_times()), "visit", key.token)
        return self

    def signs_in(self, colleague: Staff) -> "Visitor":
        """A visit as signing in opens it; call it inside an app context."""
        key = new_secret()
        self._visit(Visit(key_hash=hash_of(key.token), staff_id=colleague.id, **_times()), "_user_id", key.token)
        return self

    def opens(self, address: str, *, status: int = 200, **query: Any) -> "Page":
        """GET, following redirects; expects this status."""
        return Page(self, self.client.get(address, query_string=query or None, follow_redirects=True), status)

    def posts(self, address: str, *, status: int = 200, **fields: Any) -> "Page":
        """POST with the CSRF token of this browser; follows redirects."""
        fields.setdefault("csrf_token", self.csrf())
        answer = self.client.post(address, data=fields, follow_redirects=True)
        return Page(self, answer, status)

    def chooses_files(self, *files: tuple[str, bytes], year: str = "2027-2028", status: int = 200) -> "Page":
        """Choose school files, by name and content, as the office does at Inlezen."""
        uploads = [(io.BytesIO(content), name) for name, content in files]
        answer = self.client.post(
            "/staff/office/imports", data={"csrf_token": self.csrf(), "year": year, "files": uploads},
            content_type="multipart/form-data", follow_redirects=True,
        )  # fmt: skip
        return Page(self, answer, status)

    def csrf(self) -> str:
        """A CSRF token that belongs to this browser."""
        from flask_wtf.csrf import generate_csrf

        with self.client.session_transaction() as kept:
            before = dict(kept)
        with self.app.test_request_context():
            from flask import session

            session.update(before)
            token = generate_csrf()
            after = dict(session)
        with self.client.session_transaction() as kept:
            kept.update(after)
        return token

    def _visit(self, visit: Visit, name: str, key: str) -> None:
        db.session.add(visit)
        db.session.commit()
        with self.client.session_transaction() as kept:
            kept.clear()
            kept[name] = key


class Page:
    """A page that came back. Making one checks the house rules."""

    def __init__(self, visitor: Visitor, answer: Any, status: int) -> None:
        self.visitor = visitor
        self.answer = answer
        self.address = answer.request.path
        self.html = answer.get_data(as_text=True)
        assert answer.status_code == status, f"{answer.status_code} {self.address}: {_words(self.html)[:600]}"
        self.soup = BeautifulSoup(self.html, "html.parser")
        if answer.mimetype == "text/html":
            check_house_rules(self)

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        return " ".join(self.soup.h1.get_text().split())

    def links(self) -> list[str]:
        return [str(a["href"]) for a in self.soup.find_all("a", href=True)]

    def follows(self, words: str, *, status: int = 200) -> "Page":
        """Follow the link that says these words."""
        found = [a for a in self.soup.find_all("a", href=True) if words in " ".join(a.get_text().split())]
        assert found, f"no link {words!r} on {self.address}: {self.text[:400]}"
        return self.visitor.opens(str(found[0]["href"]), status=status)

    def presses(self, words: str, *, status: int = 200, **changes: Any) -> "Page":
        """Press the button that says these words, after filling in `changes` (None leaves a field out)."""
        buttons = [b for b in self.soup.find_all("button") if words in " ".join(b.get_text().split())]
        assert buttons, f"no button {words!r} on {self.address}: {self.text[:600]}"
        button = buttons[0]
        form = button.find_parent("form")
        assert form is not None, f"the button {words!r} stands in no form"
        fields = _filled(form) | {"csrf_token": [self.visitor.csrf()]}
        if button.get("name"):
            fields[str(button["name"])] = [str(button.get("value", ""))]
        known = {str(f.get("name")) for f in form.find_all(FIELDS)} | set(fields)
        for name, value in changes.items():
            assert name in known, f"no field {name!r} in the form of {words!r}: {sorted(known)}"
            fields[name] = [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
        target = str(button.get("formaction") or form.get("action") or self.address)
        method = str(form.get("method", "get")).lower()
        if method == "get":
            return self.visitor.opens(target, status=status, **fields)
        answer = self.visitor.client.post(
            target, data=fields, follow_redirects=True, content_type="multipart/form-data"
        )
        return Page(self.visitor, answer, status)


def check_house_rules(page: Page) -> None:
    """What is true of every page: one h1, a title, labels, unique ids, language, CSRF, nothing inline."""
    soup, at = page.soup, page.address
    assert len(soup.find_all("h1")) == 1, f"{at}: a page has one h1"
    heading, title = page.heading, " ".join(soup.title.get_text().split()) if soup.title else ""
    assert title, f"{at}: a page has a title"
    assert heading, f"{at}: the h1 says something"
    assert soup.html.get("lang"), f"{at}: <html> says its language"
    assert soup.html.get("dir") in ("ltr", "rtl"), f"{at}: <html> says its direction"
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    assert not [name for name, count in ids.items() if count > 1], f"{at}: ids are unique: {ids.most_common(3)}"
    assert not soup.find_all(style=True), f"{at}: no inline style"
    assert not soup.find_all("style"), f"{at}: no style element"
    assert not [s for s in soup.find_all("script") if not s.get("src")], f"{at}: no inline script"
    assert not [t for t in soup.find_all(True) if any(k.startswith("on") for k in t.attrs)], f"{at}: no on… handlers"
    for field in soup.find_all(FIELDS):
        if field.get("type") not in ("hidden", "submit"):
            assert _is_labelled(soup, field), f"{at}: a field without a label: {field}"
            assert not field.has_attr("required"), f"{at}: no `required`: {field}"
            assert not field.has_attr("disabled"), f"{at}: no `disabled`: {field}"
    for button in soup.find_all("button"):
        assert button.get_text().strip() or button.get("aria-label"), f"{at}: a button says what it does"
        assert not button.has_attr("disabled"), f"{at}: no disabled buttons"
    for form in soup.find_all("form", method=re.compile("post", re.I)):
        assert form.find("input", attrs={"name": "csrf_token"}), f"{at}: a form that posts carries a CSRF token"
    for label in soup.find_all(attrs={"aria-labelledby": True}) + soup.find_all(attrs={"aria-describedby": True}):
        for name in str(label.get("aria-labelledby") or label.get("aria-describedby")).split():
            assert name in ids, f"{at}: {name} names nothing on this page"
    for image in soup.find_all("img"):
        assert image.has_attr("alt"), f"{at}: an image without alt"
    for table in soup.find_all("table"):
        assert table.caption, f"{at}: a table has a caption"
        assert table.find("th", scope=True), f"{at}: a table has headers with a scope"
    assert "%(" not in page.text, f"{at}: an unfilled placeholder"
    assert "{{" not in page.html, f"{at}: an unrendered expression"
    assert page.answer.headers["Cache-Control"], f"{at}: says how it may be kept"


def _is_labelled(soup: BeautifulSoup, field: Tag) -> bool:
    if field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label"):
        return True
    return bool(field.get("id") and soup.find("label", attrs={"for": field["id"]}))


def _filled(form: Tag) -> dict[str, list[Any]]:
    """What a browser would send."""
    fields: dict[str, list[Any]] = {}
    for field in form.find_all(FIELDS):
        name = field.get("name")
        if not name or field.get("type") == "file":
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = [o for o in options if o.has_attr("selected")] or options[:1]
            values = [str(o.get("value", o.get_text())) for o in chosen]
        elif field.name == "textarea":
            values = [field.get_text()]
        elif field.get("type") in ("radio", "checkbox"):
            values = [str(field.get("value", "on"))] if field.has_attr("checked") else []
        else:
            values = [str(field.get("value", ""))]
        fields.setdefault(str(name), []).extend(values)
    return fields


def _words(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _now() -> datetime:
    return datetime.now(UTC)


def _times() -> dict[str, datetime]:
    return {"started_at": _now(), "expires_at": _now() + timedelta(days=999)}
