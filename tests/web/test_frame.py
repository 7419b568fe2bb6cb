"""What is true of every answer: headers, hosts, forms, language, and pages that say no."""

import re

import pytest
from sqlalchemy import text

from scheduling.models import db
from tests.builders import a_school
from tests.visitor import Visitor


@pytest.fixture
def visitor(app):
    with app.app_context():
        a_school()
    return Visitor(app)


@pytest.mark.parametrize("address", ["/health", "/nowhere", "/family/", "/static/driehoek.css", "/staff/office/"])
def test_every_answer_carries_the_headers_that_protect(visitor, address):
    with visitor.client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"]


def test_personal_pages_are_never_kept(visitor):
    assert visitor.client.get("/family/").headers["Cache-Control"] == "no-store"


def test_the_style_sheet_is_kept_for_a_year_and_renamed_when_it_changes(visitor):
    page = visitor.opens("/nowhere", status=404)
    address = next(link["href"] for link in page.soup.find_all("link") if "css" in link["href"])
    assert re.search(r"\?v=[0-9a-f]{12}$", address)
    with visitor.client.get(address) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_another_host_name_is_refused(visitor):
    assert visitor.client.get("/health", headers={"Host": "evil.example.org"}).status_code == 400


def test_a_form_without_its_token_changes_nothing(visitor):
    answer = visitor.client.post("/language", data={"language": "en"})
    assert answer.status_code == 403
    assert "Er is niets veranderd" in answer.text


def test_a_page_speaks_the_language_that_was_chosen(visitor):
    visitor.posts("/language", language="en", next="/nowhere", status=404)
    assert visitor.opens("/nowhere", status=404).soup.html["lang"] == "en"


@pytest.mark.parametrize(
    "wanted", ["//evil.example.org", "/\\evil.example.org", "https:evil.example.org", "https://evil.example.org",
               "/\tevil", "javascript:alert(1)", "\\\\evil", " //evil.example.org"],
)  # fmt: skip
def test_after_choosing_a_language_nobody_is_sent_to_another_site(visitor, wanted):
    answer = visitor.client.post("/language", data={"language": "en", "next": wanted, "csrf_token": visitor.csrf()})
    assert answer.headers["Location"] == "/"


def test_health_says_ok_without_personal_data(visitor):
    answer = visitor.client.get("/health")
    assert answer.json == {"status": "ok", "database": "ok", "oldest_unsent_seconds": 0}


def test_without_a_database_the_page_says_that_nothing_was_saved(app, visitor):
    with app.app_context():
        db.session.execute(text("DROP TABLE access_link"))
        db.session.commit()
    page = visitor.opens("/family/", status=503)
    assert "NIET opgeslagen" in page.text


def test_an_unexpected_error_shows_a_code_and_no_detail(make_app):
    app = make_app(TESTING=False)
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert re.search(r"<b class=\"nb\">[0-9a-f]{8}</b>", answer.text)
    assert "ZeroDivision" not in answer.text


def test_no_refusal_is_answered_by_the_page_of_a_more_general_one(app):
    hidden = [
        (name, general.__name__, special.__name__)
        for name, view in app.view_functions.items()
        for place, (general, _answer) in enumerate(getattr(view, "answers", []))
        for special, _other in view.answers[place + 1 :]
        if issubclass(special, general)
    ]
    assert hidden == []
