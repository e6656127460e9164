"""Codes: counted, single use, bound to a challenge, short-lived."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from app.domain.errors import CodeRefused, Degraded, RateLimited, StaleSignIn, Unavailable
from app.sequencing import keys
from app.services import codes as module
from app.services.codes import GUESSES_PER_CODE, LIFE_S, Challenge, Codes
from app.services.limits import Limits
from app.services.sms import ConsoleSms
from config import Settings

PHONE = "+447400123456"
HOME = "192.0.2.7"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Telephone:
    """Keeps the texts it was sent; ``broken`` makes the network refuse."""

    shows_texts = False

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.broken = False

    def send(self, to: str, text: str) -> None:
        if self.broken:
            raise Unavailable
        self.texts.append((to, text))

    @property
    def code(self) -> str:
        return self.texts[-1][1][:6]


class Bench:
    def __init__(self, redis_url: str) -> None:
        environment = {
            "CHATTER_ENV": "test",
            "SECRET_KEY": "one",
            "JWT_SECRET_KEY": "two",
            "MONGODB_URI": "mongodb://x",
        }
        self.settings = Settings.from_env({**environment, "REDIS_URL": redis_url})
        self.redis = Redis.from_url(redis_url, decode_responses=True)
        self.clock, self.telephone = Clock(), Telephone()
        self.codes = Codes(self.settings, self.redis, self.telephone, Limits(redis_url), self.clock)

    def start(self, phone: str = PHONE, address: str = HOME) -> Challenge:
        return self.codes.start(phone, address)

    def wrong(self) -> str:
        return f"{(int(self.telephone.code) + 1) % 1_000_000:06d}"


@pytest.fixture
def bench(clean_redis_url: str) -> Iterator[Bench]:
    bench = Bench(clean_redis_url)
    yield bench
    bench.redis.close()


def test_the_right_code_proves_the_number(bench: Bench) -> None:
    challenge = bench.start()
    assert bench.telephone.texts[0][0] == PHONE
    proof = bench.codes.redeem(challenge.id, bench.telephone.code, HOME)
    assert (proof.phone, proof.purpose) == (PHONE, "sign_in")


def test_two_hundred_guesses_at_once_meet_one_counter(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = bench.start()
    right = bench.telephone.code
    # The limit per address would stop most of them first, and prove nothing about the counter.
    monkeypatch.setattr(bench.codes, "_limits", Unlimited())
    guesses = [right] * 195 + [bench.wrong()] * 5
    started = threading.Barrier(20)

    def guess(share: int) -> list[bool]:
        started.wait()
        return [_redeems(bench.codes, challenge, code) for code in guesses[share::20]]

    with ThreadPoolExecutor(20) as pool:
        outcomes = [outcome for share in pool.map(guess, range(20)) for outcome in share]

    assert len(outcomes) == 200
    assert sum(outcomes) <= 1, "one code signed in twice"


def test_of_two_hundred_wrong_guesses_five_are_judged_and_then_even_the_right_code_is_dead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = bench.start()
    monkeypatch.setattr(bench.codes, "_limits", Unlimited())
    wrong = bench.wrong()
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: _redeems(bench.codes, challenge, wrong), range(200)))
    assert not any(outcomes)
    assert int(bench.redis.hget(keys.code(challenge.id), "tries") or 0) == 200, "a guess was not counted"
    with pytest.raises(CodeRefused):
        bench.codes.redeem(challenge.id, bench.telephone.code, HOME)


def test_the_last_allowed_guess_still_works(bench: Bench) -> None:
    challenge = bench.start()
    for _ in range(GUESSES_PER_CODE - 1):
        assert not _redeems(bench.codes, challenge, bench.wrong())
    assert _redeems(bench.codes, challenge, bench.telephone.code)


def test_a_code_works_once(bench: Bench) -> None:
    challenge = bench.start()
    assert _redeems(bench.codes, challenge, bench.telephone.code)
    assert not _redeems(bench.codes, challenge, bench.telephone.code)


def test_a_code_works_for_its_own_challenge_only(bench: Bench) -> None:
    bench.start()
    code = bench.telephone.code
    other = bench.start("+447400654321", "192.0.2.8")
    assert code != bench.telephone.code
    assert not _redeems(bench.codes, other, code)


def test_a_code_dies_after_ten_minutes(bench: Bench) -> None:
    challenge = bench.start()
    bench.clock.now += LIFE_S
    assert not _redeems(bench.codes, challenge, bench.telephone.code)


def test_a_code_lives_until_then(bench: Bench) -> None:
    challenge = bench.start()
    bench.clock.now += LIFE_S - 1
    assert _redeems(bench.codes, challenge, bench.telephone.code)


def test_redis_forgets_challenges_by_itself(bench: Bench) -> None:
    challenge = bench.start()
    assert 0 < int(bench.redis.pttl(keys.code(challenge.id))) <= LIFE_S * 1000


def test_neither_the_code_nor_anything_that_gives_it_away_is_stored(bench: Bench) -> None:
    challenge = bench.start()
    stored = bench.redis.hgetall(keys.code(challenge.id))
    assert bench.telephone.code not in str(stored)
    again = bench.start()
    assert bench.codes._digest(challenge.id, "123456") != bench.codes._digest(again.id, "123456"), (
        "two challenges with one code look alike"
    )
    other_key = Codes(bench.settings, bench.redis, bench.telephone, Limits(bench.settings.redis_url), bench.clock)
    other_key._key = b"another installation"
    assert not _redeems(other_key, again, bench.telephone.code), "the hash does not depend on the secret"


def test_a_new_code_comes_after_a_wait_that_grows(bench: Bench) -> None:
    challenge = bench.start()
    assert challenge.resend_in == 30
    for wait, next_wait in ((30, 60), (60, 120), (120, 240)):
        bench.clock.now += wait - 1
        with pytest.raises(RateLimited) as refused:
            bench.codes.resend(challenge.id, HOME)
        assert refused.value.retry_after == pytest.approx(1)
        bench.clock.now += 1
        _forget_limits(bench)
        assert bench.codes.resend(challenge.id, HOME).resend_in == next_wait


def test_a_new_code_replaces_the_one_before_and_its_guesses(bench: Bench) -> None:
    challenge = bench.start()
    old = bench.telephone.code
    for _ in range(GUESSES_PER_CODE):
        _redeems(bench.codes, challenge, bench.wrong())
    bench.clock.now += 30
    bench.codes.resend(challenge.id, HOME)
    assert old == bench.telephone.code or not _redeems(bench.codes, challenge, old)
    assert _redeems(bench.codes, challenge, bench.telephone.code)


def test_nothing_is_resent_for_a_challenge_that_is_over(bench: Bench) -> None:
    challenge = bench.start()
    bench.codes.redeem(challenge.id, bench.telephone.code, HOME)
    sent = len(bench.telephone.texts)
    with pytest.raises(StaleSignIn):
        bench.codes.resend(challenge.id, HOME)
    with pytest.raises(StaleSignIn):
        bench.codes.resend("never heard of", HOME)
    assert len(bench.telephone.texts) == sent


def test_a_number_gets_five_codes_in_a_quarter_of_an_hour_wherever_they_are_asked_for(bench: Bench) -> None:
    for place in range(5):
        bench.start(address=f"192.0.2.{place}")
    with pytest.raises(RateLimited) as refused:
        bench.start(address="192.0.2.99")
    assert 0 < (refused.value.retry_after or 0) <= 15 * 60
    assert len(bench.telephone.texts) == 5


def test_an_address_gets_codes_for_fifteen_numbers(bench: Bench) -> None:
    for number in range(15):
        bench.start(f"+4474001234{number:02d}")
    with pytest.raises(RateLimited):
        bench.start("+447400999999")
    assert bench.start("+447400999999", "192.0.2.99")


def test_a_network_that_refuses_is_told_and_the_code_is_not(bench: Bench) -> None:
    bench.telephone.broken = True
    with pytest.raises(Unavailable):
        bench.start()


def test_without_redis_nobody_gets_a_code(bench: Bench) -> None:
    bench.codes._limits = Limits("redis://127.0.0.1:1/0")
    with pytest.raises(Degraded):
        bench.start()
    assert not bench.telephone.texts


def test_a_code_is_shown_in_development_with_the_console_and_nowhere_else(bench: Bench) -> None:
    base = {
        "SECRET_KEY": "one",
        "JWT_SECRET_KEY": "two",
        "MONGODB_URI": "mongodb://x",
        "REDIS_URL": "redis://x",
    }
    for environment, sms, shown in (
        ("development", ConsoleSms(), True),
        ("test", ConsoleSms(), False),
        ("development", Telephone(), False),
    ):
        _forget_limits(bench)
        settings = Settings.from_env({**base, "CHATTER_ENV": environment})
        codes = Codes(settings, bench.redis, sms, Limits(bench.settings.redis_url), bench.clock)
        assert (codes.start(PHONE, HOME).shown_code is not None) is shown


def test_codes_have_six_digits_also_when_they_begin_with_noughts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.secrets, "randbelow", lambda _: 7)
    assert module._new_code() == "000007"


class Unlimited:
    def check(self, *_: str) -> None: ...


def _redeems(codes: Codes, challenge: Challenge, code: str) -> bool:
    try:
        codes.redeem(challenge.id, code, HOME)
    except CodeRefused:
        return False
    return True


def _forget_limits(bench: Bench) -> None:
    for key in bench.redis.scan_iter(f"{keys.limit_prefix()}*"):
        bench.redis.delete(key)
