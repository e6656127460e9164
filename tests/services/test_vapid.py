"""The installation's key for push services is made once, whoever needs it first, or given."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from app.models import PushKey
from app.services.vapid import RENEW_S, TOKEN_LIFE_S, Vapid, from_base64url
from config import Settings
from tests.services.world import World

GIVEN = "3Q8v2mGm0yqk1C8mY2r1Vx0c7bq4m9e6n5t8w1z2A3B"


def settings(**environment: str) -> Settings:
    known = {"SECRET_KEY": "one", "JWT_SECRET_KEY": "two", "MONGODB_URI": "mongodb://m/c", "REDIS_URL": "redis://r"}
    return Settings.from_env({"CHATTER_ENV": "development", **known, **environment})


def test_all_processes_get_the_same_key_also_where_all_make_one_at_once(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        public_keys = set(pool.map(lambda _: Vapid(settings()).public_key, range(8)))
    assert len(public_keys) == 1
    assert PushKey.objects.count() == 1
    assert len(from_base64url(public_keys.pop())) == 65


def test_a_given_key_is_taken_and_none_is_made(world: World) -> None:
    one, other = Vapid(settings(VAPID_PRIVATE_KEY=GIVEN)), Vapid(settings(VAPID_PRIVATE_KEY=GIVEN))
    assert one.public_key == other.public_key
    assert PushKey.objects.count() == 0


def test_a_push_service_can_check_who_asks_and_the_same_token_serves_it_for_hours(world: World) -> None:
    present = [2_000_000_000.0]
    vapid = Vapid(settings(VAPID_SUBJECT="mailto:me@example.org"), clock=lambda: present[0])
    header = vapid.authorization("https://push.example.com/send/abc")
    assert vapid.authorization("https://push.example.com/send/other") == header
    assert vapid.authorization("https://push.example.org:8443/x") != header
    token = header.removeprefix("vapid t=").split(",")[0]
    assert header.endswith(f"k={vapid.public_key}")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(vapid.public_key))
    claims = jwt.decode(token, ECKey.import_key(point), algorithms=["ES256"]).claims
    assert claims == {
        "aud": "https://push.example.com",
        "exp": int(present[0]) + TOKEN_LIFE_S,
        "sub": "mailto:me@example.org",
    }
    present[0] += TOKEN_LIFE_S - RENEW_S + 1
    assert vapid.authorization("https://push.example.com/send/abc") != header, "renewed before it ends"


@pytest.mark.parametrize("text", ["", "a", "ab+/", "ab==cd", "ü" * 4])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    if text == "":
        assert from_base64url(text) == b""
    else:
        with pytest.raises(ValueError):
            from_base64url(text)
