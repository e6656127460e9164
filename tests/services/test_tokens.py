"""Access tokens: whole, live and ours, or worth nothing."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from app.domain.errors import NotSignedIn
from app.services.devices import Identity
from app.services.tokens import LEEWAY_S, Tokens
from config import Settings

KEY = "the key that signs access tokens, long enough"
USER, DEVICE = "u" * 22, "d" * 22
START = 1_800_000_000


class OneDevice:
    """Knows one signed-in device. The devices themselves have tests of their own."""

    signed_out = False

    def check(self, user: str, device: str) -> Identity:
        if self.signed_out or (user, device) != (USER, DEVICE):
            raise NotSignedIn
        return Identity(user, device, "api", "member", True)


@dataclass
class Bench:
    tokens: Tokens
    devices: OneDevice
    now: int = START


@pytest.fixture
def bench() -> Iterator[Bench]:
    base = {"MONGODB_URI": "mongodb://x", "REDIS_URL": "redis://x", "SECRET_KEY": "another key"}
    settings = Settings.from_env({**base, "CHATTER_ENV": "test", "JWT_SECRET_KEY": KEY, "ACCESS_TOKEN_MINUTES": "60"})
    devices: Any = OneDevice()
    bench = Bench(None, devices)  # type: ignore[arg-type]
    bench.tokens = Tokens(settings, devices, lambda: bench.now)
    return bench


def claims(**changes: Any) -> dict[str, Any]:
    whole = {
        "iss": "chatter",
        "aud": "chatter",
        "sub": USER,
        "device": DEVICE,
        "token_use": "access",
        "iat": START,
        "exp": START + 3600,
        "jti": "1",
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def signed(header: dict[str, Any] | None = None, key: str = KEY, **changes: Any) -> str:
    return jwt.encode(header or {"alg": "HS256"}, claims(**changes), OctKey.import_key(key))


def by_hand(header: dict[str, Any], signature: str = "", **changes: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(claims(**changes))}.{signature}"


def test_an_issued_token_speaks_for_its_device_until_it_expires(bench: Bench) -> None:
    token, expires_at = bench.tokens.issue(USER, DEVICE)
    assert expires_at == START + 3600
    assert (bench.tokens.verify(token).user, bench.tokens.verify(token).device) == (USER, DEVICE)

    bench.now = expires_at + LEEWAY_S + 1
    with pytest.raises(NotSignedIn):
        bench.tokens.verify(token)


def test_the_forger_knows_how_to_make_a_good_one(bench: Bench) -> None:
    """Otherwise the refusals below would prove nothing."""
    assert bench.tokens.verify(signed()).user == USER


def test_two_tokens_are_never_the_same(bench: Bench) -> None:
    assert bench.tokens.issue(USER, DEVICE)[0] != bench.tokens.issue(USER, DEVICE)[0]


def test_signing_the_device_out_ends_its_tokens(bench: Bench) -> None:
    token, _ = bench.tokens.issue(USER, DEVICE)
    bench.devices.signed_out = True
    with pytest.raises(NotSignedIn):
        bench.tokens.verify(token)


FORGERIES: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "no token at all": lambda: "hello",
    "two parts": lambda: ".".join(signed().split(".")[:2]),
    "no signature": lambda: signed().rsplit(".", 1)[0] + ".",
    "alg none": lambda: by_hand({"alg": "none", "typ": "JWT"}),
    "alg None in another spelling": lambda: by_hand({"alg": "nOnE"}),
    "no alg": lambda: by_hand({"typ": "JWT"}),
    "alg a list": lambda: by_hand({"alg": ["HS256"]}),
    "alg HS512 with our key": lambda: jwt.encode(
        {"alg": "HS512"}, claims(), OctKey.import_key(KEY), algorithms=["HS512"]
    ),
    "alg RS256 with a key of their own": lambda: jwt.encode(
        {"alg": "RS256"}, claims(), RSAKey.generate_key(2048), algorithms=["RS256"]
    ),
    "another key": lambda: signed(key="another key, not the one that signs tokens"),
    "a key in its header": lambda: signed({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, key="A" * 40),
    "the session's key": lambda: signed(key="another key"),
    "changed after signing": lambda: (lambda whole, other: f"{whole[0]}.{other[1]}.{whole[2]}")(
        signed().split("."), signed(sub="v" * 22).split(".")
    ),
    "expired": lambda: signed(exp=START - LEEWAY_S - 1),
    "never expires": lambda: signed(exp=None),
    "exp a text": lambda: signed(exp="tomorrow"),
    "issued tomorrow": lambda: signed(iat=START + 86_400),
    "not valid yet": lambda: signed(nbf=START + 86_400),
    "another audience": lambda: signed(aud="billing"),
    "no audience": lambda: signed(aud=None),
    "another issuer": lambda: signed(iss="https://evil.example"),
    "no issuer": lambda: signed(iss=None),
    "another use": lambda: signed(token_use="refresh"),
    "no use": lambda: signed(token_use=None),
    "no device": lambda: signed(device=None),
    "another device": lambda: signed(device="e" * 22),
    "device an operator": lambda: signed(device={"$ne": ""}),
    "subject an operator": lambda: signed(sub={"$ne": ""}),
    "another user": lambda: signed(sub="v" * 22),
    "no subject": lambda: signed(sub=None),
    "no id": lambda: signed(jti=None),
    "not text": lambda: "ü.ü.ü",
    "nul bytes": lambda: "\x00.\x00.\x00",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_forgery_is_refused(bench: Bench, forgery: Callable[[], str]) -> None:
    with pytest.raises(NotSignedIn):
        bench.tokens.verify(forgery())
