"""Chatter's settings: the only reader of the environment. Nonsense is refused at boot, in one clear sentence."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self, cast
from urllib.parse import urlsplit

Environment = Literal["production", "development", "test"]
SmsProviderName = Literal["console", "twilio", "none"]
Transport = Literal["websocket", "polling"]

GOOGLE_DISCOVERY_URL = "https://accounts.google.com/.well-known/openid-configuration"
TWILIO_BASE_URL = "https://api.twilio.com"
KIB = 1024
SECRET_LENGTH = 32
SECRET_DISTINCT_CHARACTERS = 10
WEAK_WORDS = ("changeme", "change-me", "change_me", "secret", "password", "example", "insecure", "12345678")
CLUSTER_ADDRESS = r"rediss?\+cluster://([^:@/]*:[^@/]*@)?[^@/?:,]+:\d{1,5}(,[^@/?:,]+:\d{1,5})*/?(\?.*)?"
SENTINEL_ADDRESS = r"redis\+sentinel://([^:@/]*:[^@/]*@)?[^@/?:,]+:\d{1,5}(,[^@/?:,]+:\d{1,5})*/\d{1,5}/[\w.-]+"
LOCAL_SUBJECT = "mailto:chatter@localhost"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class ConfigError(Exception):
    """A setting that cannot be right; the message is one sentence for whoever set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, once and for all. `.env.example` explains every one; secrets are not in the repr."""

    environment: Environment
    secret_key: str = field(repr=False)
    jwt_secret_key: str = field(repr=False)
    mongodb_uri: str = field(repr=False)
    redis_url: str = field(repr=False)
    redis_queue_url: str = field(repr=False)
    server_id: str
    app_name: str
    default_country: str
    public_url: str
    port: int
    web_concurrency: int
    trusted_proxies: int
    allowed_origins: tuple[str, ...]
    transports: tuple[Transport, ...]
    sticky_sessions: bool
    sync_interval_minutes: int
    shard_count: int
    backlog_limit: int
    post_burst: int
    post_per_second: int
    embedded_committer: bool
    max_body_bytes: int
    max_photo_bytes: int
    access_token_minutes: int
    session_days: int
    audit_log_days: int
    admin_reads_messages: bool
    google_client_id: str
    google_client_secret: str = field(repr=False)
    google_discovery_url: str
    sms_provider: SmsProviderName
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_from: str
    twilio_base_url: str
    vapid_private_key: str = field(repr=False)
    vapid_subject: str
    push_to_loopback: bool
    metrics_port: int
    metrics_token: str = field(repr=False)
    socket_admin_password: str = field(repr=False)
    otel_exporter_otlp_endpoint: str
    sentry_dsn: str = field(repr=False)
    log_level: str
    log_format: Literal["json", "console"]

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach Chatter by https, so that cookies may ask for it."""
        return self.public_url.startswith("https://")

    @property
    def google_sign_in(self) -> bool:
        """Whether people can sign in with Google."""
        return bool(self.google_client_id)

    @property
    def phone_sign_in(self) -> bool:
        """Whether people can sign in with a code by text message."""
        return self.sms_provider != "none"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read every setting from `environ` (the process's own by default); raises `ConfigError` at the first bad one.

        A variable that is set to nothing counts as not set.
        """
        env = _Reader(os.environ if environ is None else environ)
        environment = cast(Environment, env.choice("CHATTER_ENV", ("production", "development", "test"), "production"))
        production = environment == "production"
        port = env.number("PORT", 5000, 1, 65_535)
        public_url = _public_url(env, production, port)
        redis_url = _redis_address(env, "REDIS_URL")
        settings = cls(
            environment=environment,
            secret_key=_secret(env, "SECRET_KEY", production),
            jwt_secret_key=_secret(env, "JWT_SECRET_KEY", production),
            mongodb_uri=env.address("MONGODB_URI", ("mongodb", "mongodb+srv")),
            redis_url=redis_url,
            redis_queue_url=_redis_address(env, "REDIS_QUEUE_URL", redis_url),
            server_id=_server_id(env),
            app_name=env.text("APP_NAME", "Chatter"),
            default_country=_country(env),
            public_url=public_url,
            port=port,
            web_concurrency=env.number("WEB_CONCURRENCY", 2, 1, 64),
            trusted_proxies=env.number("TRUSTED_PROXIES", 0, 0, 10),
            allowed_origins=_origins(env, environment, public_url),
            transports=_transports(env),
            sticky_sessions=env.switch("STICKY_SESSIONS", default=False),
            sync_interval_minutes=env.number("SYNC_INTERVAL_MINUTES", 5, 1, 24 * 60),
            shard_count=env.number("SHARD_COUNT", 4, 1, 1024),
            backlog_limit=env.number("BACKLOG_LIMIT", 5_000, 1, 1_000_000),
            post_burst=env.number("POST_BURST", 60, 1, 1_000_000),
            post_per_second=env.number("POST_PER_SECOND", 10, 1, 1_000_000),
            embedded_committer=env.switch("EMBEDDED_COMMITTER", default=True),
            max_body_bytes=env.number("MAX_BODY_BYTES", 64 * KIB, 16 * KIB, 1024 * KIB),
            max_photo_bytes=env.number("MAX_PHOTO_BYTES", 5 * KIB * KIB, 16 * KIB, 50 * KIB * KIB),
            access_token_minutes=env.number("ACCESS_TOKEN_MINUTES", 60, 1, 24 * 60),
            session_days=env.number("SESSION_DAYS", 30, 1, 365),
            audit_log_days=env.number("AUDIT_LOG_DAYS", 400, 90, 36_500),
            admin_reads_messages=env.switch("ADMIN_READS_MESSAGES", default=False),
            google_client_id=env.text("GOOGLE_CLIENT_ID", ""),
            google_client_secret=env.text("GOOGLE_CLIENT_SECRET", ""),
            google_discovery_url=env.address("GOOGLE_DISCOVERY_URL", ("https", "http"), GOOGLE_DISCOVERY_URL),
            sms_provider=cast(
                SmsProviderName,
                env.choice("SMS_PROVIDER", ("console", "twilio", "none"), "none" if production else "console"),
            ),
            twilio_account_sid=env.text("TWILIO_ACCOUNT_SID", ""),
            twilio_auth_token=env.text("TWILIO_AUTH_TOKEN", ""),
            twilio_from=env.text("TWILIO_FROM", ""),
            twilio_base_url=env.address("TWILIO_BASE_URL", ("https", "http"), TWILIO_BASE_URL),
            vapid_private_key=env.text("VAPID_PRIVATE_KEY", ""),
            vapid_subject=env.text("VAPID_SUBJECT", public_url if public_url.startswith("https") else LOCAL_SUBJECT),
            push_to_loopback=env.switch("PUSH_TO_LOOPBACK", default=False),
            metrics_port=env.number("METRICS_PORT", 0, 0, 65_000),
            metrics_token=_secret(env, "METRICS_TOKEN", production) if env.text("METRICS_TOKEN", "") else "",
            socket_admin_password=(
                _secret(env, "SOCKET_ADMIN_PASSWORD", production) if env.text("SOCKET_ADMIN_PASSWORD", "") else ""
            ),
            otel_exporter_otlp_endpoint=env.optional_address("OTEL_EXPORTER_OTLP_ENDPOINT"),
            sentry_dsn=env.optional_address("SENTRY_DSN"),
            log_level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
            log_format=cast(
                Literal["json", "console"],
                env.choice("LOG_FORMAT", ("json", "console"), "json" if production else "console"),
            ),
        )
        settings._refuse_what_does_not_fit_together()
        return settings

    def _refuse_what_does_not_fit_together(self) -> None:
        if self.secret_key == self.jwt_secret_key:
            raise ConfigError(
                "SECRET_KEY and JWT_SECRET_KEY must differ, or a stolen one forges both kinds of sign-in."
            )
        if "polling" in self.transports:
            self._refuse_polling_without_affinity()
        if bool(self.google_client_id) != bool(self.google_client_secret):
            raise ConfigError("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET work only together: set both or neither.")
        if self.vapid_private_key and not re.fullmatch(r"[A-Za-z0-9_-]{43}", self.vapid_private_key):
            raise ConfigError("VAPID_PRIVATE_KEY must be the 32 bytes of a P-256 key in base64url: 43 characters.")
        if not self.vapid_subject.startswith(("https://", "mailto:")):
            raise ConfigError("VAPID_SUBJECT must begin with https:// or mailto:, so that push services can reach you.")
        if self.push_to_loopback and self.environment == "production":
            raise ConfigError("PUSH_TO_LOOPBACK is for tests: in production anybody could have your server ask itself.")
        if self.sms_provider == "twilio":
            for name in ("twilio_account_sid", "twilio_auth_token", "twilio_from"):
                if not getattr(self, name):
                    raise ConfigError(f"SMS_PROVIDER is twilio, so {name.upper()} must be set too.")
        if not (self.google_sign_in or self.phone_sign_in):
            raise ConfigError(
                "Nobody could sign in: set SMS_PROVIDER=twilio with its TWILIO_* settings, GOOGLE_CLIENT_ID with "
                "GOOGLE_CLIENT_SECRET, or SMS_PROVIDER=console to read the codes in the server's log."
            )

    def _refuse_polling_without_affinity(self) -> None:
        # Each poll is a request of its own; it must find the process that holds the session.
        if self.web_concurrency > 1:
            raise ConfigError(
                "SOCKET_TRANSPORTS allows polling, which several gunicorn workers on one port cannot serve: "
                "set WEB_CONCURRENCY=1 and start more servers, or SOCKET_TRANSPORTS=websocket."
            )
        if self.environment == "production" and not self.sticky_sessions:
            raise ConfigError(
                "SOCKET_TRANSPORTS allows polling, which needs a balancer with session affinity: "
                "set STICKY_SESSIONS=true if yours has it, or SOCKET_TRANSPORTS=websocket."
            )


class _Reader:
    """Reads one typed value at a time."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip() or default
        if value is None:
            raise ConfigError(f"{name} must be set.")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,12}", value) or not lowest <= int(value) <= highest:
            raise ConfigError(f"{name} must be a whole number from {lowest} to {highest}, not {value!r}.")
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value in ("true", "1", "yes", "on"):
            return True
        if value in ("false", "0", "no", "off"):
            return False
        raise ConfigError(f"{name} must be true or false, not {value!r}.")

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")

    def address(self, name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        scheme, separator, rest = value.partition("://")
        # The value may hold a password, so it is not repeated.
        if not separator or scheme not in schemes or not rest.strip("/"):
            raise ConfigError(f"{name} must be an address that begins with {' or '.join(s + '://' for s in schemes)}.")
        return value

    def optional_address(self, name: str) -> str:
        """Of a web server; empty where none is set."""
        return self.address(name, ("https", "http")) if self.text(name, "") else ""


def _secret(env: _Reader, name: str, production: bool) -> str:
    value = env.text(name)
    if not production:
        return value
    if len(value) < SECRET_LENGTH:
        raise ConfigError(
            f"{name} must have at least {SECRET_LENGTH} characters: "
            """python3 -c "import secrets; print(secrets.token_urlsafe(48))" makes one."""
        )
    if len(set(value)) < SECRET_DISTINCT_CHARACTERS or any(word in value.lower() for word in WEAK_WORDS):
        raise ConfigError(f"{name} is easy to guess: use a random one.")
    return value


def _public_url(env: _Reader, production: bool, port: int) -> str:
    url = env.address("PUBLIC_URL", ("https", "http"), None if production else f"http://localhost:{port}").rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigError("PUBLIC_URL must be a scheme, a host and perhaps a port, such as https://chat.example.org.")
    if production and parts.scheme == "http" and host not in LOCAL_HOSTS:
        raise ConfigError("PUBLIC_URL must begin with https:// in production, or cookies and messages can be read.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _origins(env: _Reader, environment: Environment, public_url: str) -> tuple[str, ...]:
    listed = env.text("ALLOWED_ORIGINS", "")
    if not listed:
        # Whoever develops types either name of their own machine.
        other_name = public_url.replace("//localhost", "//127.0.0.1")
        return (public_url,) if environment == "production" else tuple(dict.fromkeys((public_url, other_name)))
    origins = tuple(origin.strip().rstrip("/") for origin in listed.split(",") if origin.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/*?#@\s]+", origin):
            raise ConfigError(f"ALLOWED_ORIGINS must list origins such as https://chat.example.org, not {origin!r}.")
    return origins


def _redis_address(env: _Reader, name: str, default: str | None = None) -> str:
    url = env.address(name, ("redis", "rediss", "redis+sentinel", "redis+cluster", "rediss+cluster"), default)
    if url.startswith("redis+sentinel://") and not re.fullmatch(SENTINEL_ADDRESS, url):
        raise ConfigError(
            f"{name} must name sentinels, a database and a service: redis+sentinel://user:password@host:port,host:port/0/mymaster."
        )
    if "+cluster://" in url and not re.fullmatch(CLUSTER_ADDRESS, url):
        raise ConfigError(f"{name} must name nodes of the cluster: redis+cluster://user:password@host:port,host:port/.")
    return url


def _transports(env: _Reader) -> tuple[Transport, ...]:
    value = env.text("SOCKET_TRANSPORTS", "websocket").replace(" ", "")
    if value == "websocket":
        return ("websocket",)
    if value in ("websocket,polling", "polling,websocket"):
        return ("websocket", "polling")
    raise ConfigError(f'SOCKET_TRANSPORTS must be "websocket" or "websocket,polling", not {value!r}.')


def _server_id(env: _Reader) -> str:
    # It becomes part of Redis keys and of `process:epoch`, so it has no separators.
    named = env.text("SERVER_ID", "")
    if not named:
        return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:64] or "server"
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", named):
        raise ConfigError("SERVER_ID must be 1 to 64 letters, digits, dots, hyphens or underscores.")
    return named


def _country(env: _Reader) -> str:
    value = env.text("DEFAULT_COUNTRY", "US").upper()
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ConfigError(f"DEFAULT_COUNTRY must be a country's two letters, such as US or DE, not {value!r}.")
    return value
