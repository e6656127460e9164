"""The settings: what is refused, in which words, and that nothing secret is printed."""

import dataclasses
import re
from pathlib import Path

import pytest

from config import ConfigError, Settings

ROOT = Path(__file__).resolve().parent.parent

KEY = "pZ8vR2qLx7Tn4WcY9dKf3HsJ6mBg1QaE"
OTHER_KEY = "u5XnC0rVt8GzA2oLk7Pw4DyS9hMi6JfB"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "JWT_SECRET_KEY": OTHER_KEY,
    "MONGODB_URI": "mongodb://chatter:hunter2@db/chatter",
    "REDIS_URL": "rediss://:hunter2@cache:6379/0",
    "PUBLIC_URL": "https://chat.example.org/",
    "SMS_PROVIDER": "twilio",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "hunter2",
    "TWILIO_FROM": "+15550100",
}
DEVELOPMENT = {
    "CHATTER_ENV": "development",
    "SECRET_KEY": "a",
    "JWT_SECRET_KEY": "b",
    "MONGODB_URI": "mongodb://localhost/chatter",
    "REDIS_URL": "redis://localhost",
}


def test_production_is_the_default_and_its_defaults_are_safe() -> None:
    settings = Settings.from_env(PRODUCTION)
    assert settings.environment == "production"
    assert settings.public_url == "https://chat.example.org"
    assert settings.secure_cookies
    assert settings.allowed_origins == ("https://chat.example.org",)
    assert settings.transports == ("websocket",)
    assert settings.redis_queue_url == settings.redis_url
    assert settings.trusted_proxies == 0
    assert settings.log_format == "json"


def test_development_needs_little() -> None:
    settings = Settings.from_env({**DEVELOPMENT, "PORT": "5050"})
    assert settings.public_url == "http://localhost:5050"
    assert settings.allowed_origins == ("http://localhost:5050", "http://127.0.0.1:5050")
    assert not settings.secure_cookies
    assert settings.sms_provider == "console"
    assert settings.log_format == "console"


def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert Settings.from_env({**DEVELOPMENT, "PORT": " ", "LOG_LEVEL": ""}).port == 5000


def test_no_secret_is_in_the_repr() -> None:
    shown = repr(Settings.from_env({**PRODUCTION, "GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "hunter2"}))
    assert "hunter2" not in shown
    assert KEY not in shown
    assert OTHER_KEY not in shown


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_env(DEVELOPMENT).port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY", "MONGODB_URI", "REDIS_URL", "PUBLIC_URL"])
def test_production_names_what_is_missing(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} must be set"):
        Settings.from_env({**PRODUCTION, name: ""})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"CHATTER_ENV": "prod"}, "CHATTER_ENV must be one of production, development, test"),
        ({"SECRET_KEY": KEY[:31]}, "SECRET_KEY must have at least 32 characters"),
        ({"SECRET_KEY": "ab" * 32}, "SECRET_KEY is easy to guess"),
        ({"JWT_SECRET_KEY": "change-me-" + KEY}, "JWT_SECRET_KEY is easy to guess"),
        ({"JWT_SECRET_KEY": KEY}, "SECRET_KEY and JWT_SECRET_KEY must differ"),
        ({"MONGODB_URI": "postgres://db"}, "MONGODB_URI must be an address that begins with mongodb://"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must be an address"),
        ({"REDIS_URL": "redis+sentinel://one:26379/0"}, "REDIS_URL must name sentinels, a database and a service"),
        ({"REDIS_URL": "redis+sentinel://one,two:26379/0/main"}, "REDIS_URL must name sentinels"),
        ({"REDIS_QUEUE_URL": "redis+sentinel://one:26379/main"}, "REDIS_QUEUE_URL must name sentinels"),
        ({"REDIS_URL": "redis+cluster://one,two/"}, "REDIS_URL must name nodes of the cluster"),
        ({"REDIS_URL": "redis+cluster://one:6379/1"}, "REDIS_URL must name nodes of the cluster"),
        ({"REDIS_QUEUE_URL": "rediss+cluster://u:p@one:6379,two/"}, "REDIS_QUEUE_URL must name nodes"),
        ({"REDIS_QUEUE_URL": "http://queue"}, "REDIS_QUEUE_URL must be an address"),
        ({"PUBLIC_URL": "http://chat.example.org"}, "PUBLIC_URL must begin with https:// in production"),
        ({"PUBLIC_URL": "https://chat.example.org/here"}, "PUBLIC_URL must be a scheme, a host"),
        ({"PUBLIC_URL": "https://chat.example.org:port"}, "PUBLIC_URL must be a scheme, a host"),
        ({"PUBLIC_URL": "https://:443"}, "PUBLIC_URL must be a scheme, a host"),
        ({"ALLOWED_ORIGINS": "*"}, "ALLOWED_ORIGINS must list origins"),
        ({"ALLOWED_ORIGINS": "https://a.example,https://*.b.example"}, "ALLOWED_ORIGINS must list origins"),
        ({"PORT": "5000.0"}, "PORT must be a whole number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT must be a whole number"),
        ({"SHARD_COUNT": "0"}, "SHARD_COUNT must be a whole number from 1"),
        ({"AUDIT_LOG_DAYS": "89"}, "AUDIT_LOG_DAYS must be a whole number from 90"),
        ({"SHARD_COUNT": "٤"}, "SHARD_COUNT must be a whole number"),
        ({"EMBEDDED_COMMITTER": "maybe"}, "EMBEDDED_COMMITTER must be true or false"),
        ({"SERVER_ID": "a:b"}, "SERVER_ID must be 1 to 64 letters"),
        ({"DEFAULT_COUNTRY": "Germany"}, "DEFAULT_COUNTRY must be a country's two letters"),
        ({"SOCKET_TRANSPORTS": "polling"}, "SOCKET_TRANSPORTS must be"),
        ({"SOCKET_TRANSPORTS": "websocket,polling"}, "set WEB_CONCURRENCY=1"),
        ({"SOCKET_TRANSPORTS": "websocket,polling", "STICKY_SESSIONS": "true"}, "set WEB_CONCURRENCY=1"),
        ({"SOCKET_TRANSPORTS": "websocket,polling", "WEB_CONCURRENCY": "1"}, "set STICKY_SESSIONS=true"),
        ({"GOOGLE_CLIENT_ID": "id"}, "set both or neither"),
        ({"TWILIO_FROM": ""}, "TWILIO_FROM must be set too"),
        ({"SMS_PROVIDER": ""}, "Nobody could sign in"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of"),
        ({"VAPID_PRIVATE_KEY": "hunter2"}, "VAPID_PRIVATE_KEY must be the 32 bytes of a P-256 key"),
        ({"VAPID_SUBJECT": "admin@example.org"}, "VAPID_SUBJECT must begin with https:// or mailto:"),
        ({"PUSH_TO_LOOPBACK": "true"}, "PUSH_TO_LOOPBACK is for tests"),
    ],
)
def test_nonsense_is_refused_in_words(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.from_env({**PRODUCTION, **changes})
    assert sentence in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_what_fits_is_accepted() -> None:
    settings = Settings.from_env(
        {
            **PRODUCTION,
            "SOCKET_TRANSPORTS": "websocket, polling",
            "WEB_CONCURRENCY": "1",
            "STICKY_SESSIONS": "yes",
            "SMS_PROVIDER": "console",
            "ALLOWED_ORIGINS": "https://chat.example.org, https://other.example.org/",
            "PUBLIC_URL": "http://localhost:8080",
        }
    )
    assert settings.transports == ("websocket", "polling")
    assert settings.allowed_origins == ("https://chat.example.org", "https://other.example.org")
    assert not settings.secure_cookies


def test_the_example_file_names_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    renamed = {"environment": "CHATTER_ENV", "transports": "SOCKET_TRANSPORTS"}
    declared = {renamed.get(field.name, field.name.upper()) for field in dataclasses.fields(Settings)}
    assert explained == declared


def test_the_example_file_tells_the_real_defaults() -> None:
    example = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^#([A-Z_]+)=(.+)$", example, re.MULTILINE))
    assert len(shown) > 15
    assert Settings.from_env({**PRODUCTION, **shown}) == Settings.from_env(PRODUCTION)


def test_metrics_are_off_and_a_token_for_them_is_none_that_can_be_guessed() -> None:
    settings = Settings.from_env(PRODUCTION)
    assert (settings.metrics_port, settings.metrics_token) == (0, "")
    with pytest.raises(ConfigError, match="METRICS_TOKEN"):
        Settings.from_env({**PRODUCTION, "METRICS_TOKEN": "short"})
    settings = Settings.from_env({**PRODUCTION, "METRICS_TOKEN": KEY[::-1]})
    assert settings.metrics_token == KEY[::-1]
    assert KEY[::-1] not in repr(settings)
