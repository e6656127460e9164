"""The page about capacity is what its data say."""

import json
from dataclasses import replace

import pytest

from bench.capacity import PAGE, Demand, costs, need, newest, page


def test_the_page_is_what_the_newest_results_make() -> None:
    path = newest()
    made = page(json.loads(path.read_text()), path.name)
    assert "[[" not in made, "a word of the template is not known"
    assert PAGE.read_text() == made, "run python -m bench.capacity"


def test_what_was_measured_is_what_is_taken_at_its_rate() -> None:
    cost = costs(json.loads(newest().read_text()))
    for role in ("web", "worker", "redis", "mongodb"):
        assert cost.cores(role, cost.quiet_rate) == pytest.approx(cost.quiet[role] * cost.quiet_rate / 1e6)
        assert cost.cores(role, cost.full_rate) == pytest.approx(cost.full[role] * cost.full_rate / 1e6)
        rates = [1, cost.quiet_rate / 2, cost.quiet_rate, cost.full_rate, cost.full_rate * 2]
        assert 0 < cost.cores(role, rates[0]) < cost.cores(role, rates[1]) < cost.cores(role, rates[2])
        assert cost.cores(role, rates[3]) < cost.cores(role, rates[4])


def test_more_people_need_more_and_one_channel_has_an_end() -> None:
    cost = costs(json.loads(newest().read_text()))
    few, many = need(cost, Demand(10_000)), need(cost, Demand(1_000_000))
    assert few.web_processes == 2 < many.web_processes
    assert many.redis_cores > few.redis_cores
    deaf = replace(cost, quiet=dict.fromkeys(cost.quiet, 0.0), full=dict.fromkeys(cost.full, 0.0))
    assert need(deaf, Demand(4_000_000)).web_processes < need(cost, Demand(4_000_000)).web_processes
    with pytest.raises(ValueError, match="one channel"):
        need(cost, Demand(1_000_000_000))
