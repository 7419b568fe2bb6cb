"""With which settings Driehoek starts, and with which it refuses, saying which one and how to mend it."""

import pytest

from scheduling.settings import BadSetting, load

GOOD = {"SECRET_KEY": "k" * 32, "BASE_URL": "https://ouders.linde.example.org"}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for key in ("SECRET_KEY", "BASE_URL", "DRIEHOEK_ENV", "DATABASE_URL", "MAIL_PORT", "DEBUG"):
        monkeypatch.delenv(key, raising=False)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 31}, "SECRET_KEY"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"BASE_URL": "ouders.linde.example.org"}, "BASE_URL"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"DRIEHOEK_ENV": "prod"}, "DRIEHOEK_ENV"),
        ({"MAIL_PORT": "smtp"}, "MAIL_PORT"),
        ({"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1"}, "MAIL_USE_TLS"),
        ({"MAIL_USE_TLS": "perhaps"}, "MAIL_USE_TLS"),
    ],
)
def test_production_refuses_a_bad_setting_and_names_it(tmp_path, changes, names):
    with pytest.raises(BadSetting, match=names):
        load(tmp_path, GOOD | changes)


def test_production_is_what_you_get_when_you_say_nothing(tmp_path):
    assert load(tmp_path, GOOD)["DRIEHOEK_ENV"] == "production"


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    (tmp_path / "config.py").write_text(f"SECRET_KEY = {'f' * 40!r}\nBASE_URL = 'https://file.example.org'\n")
    monkeypatch.setenv("BASE_URL", "https://environment.example.org/")
    settings = load(tmp_path)
    assert settings["BASE_URL"] == "https://environment.example.org"
    assert settings["SECRET_KEY"] == "f" * 40


def test_the_database_stands_in_the_instance_folder_unless_said_otherwise(tmp_path):
    assert load(tmp_path, GOOD)["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path / 'driehoek.sqlite'}"


def test_over_https_the_session_cookie_is_for_this_host_alone(tmp_path):
    settings = load(tmp_path, GOOD)
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["TRUSTED_HOSTS"] == ["ouders.linde.example.org"]


def test_development_needs_no_settings_at_all(tmp_path):
    settings = load(tmp_path, {"DRIEHOEK_ENV": "development"})
    assert settings["BASE_URL"] == "http://127.0.0.1:8000"
    assert len(settings["SECRET_KEY"]) >= 32
