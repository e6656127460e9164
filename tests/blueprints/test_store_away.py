"""A signed-in person asks for a page while MongoDB is away, longer than their sign-in is remembered."""

from pathlib import Path

import mongoengine

from app.models.connection import connect, ensure_indexes
from dev.embedded import EmbeddedMongo
from tests.blueprints.site import build_site, settings_for


def test_the_page_that_says_so_is_in_the_design_and_asks_nobody_who_it_is_for(
    tmp_path: Path, clean_redis_url: str
) -> None:
    with EmbeddedMongo(tmp_path / "mongodb") as mongo:
        connect(mongo.uri)
        ensure_indexes()
        site = build_site(settings_for(clean_redis_url, mongo.uri))
        ada = site.browser().sign_in("+442079460000")
        site.forget_devices()
        mongo.kill()
        answer = ada.get("/settings")
        assert answer.status_code == 503
        assert "Chatter cannot reach its stores" in answer.text
        assert 'rel="stylesheet"' in answer.text, "the bare page of last resort"
        site.redis.close()
        mongoengine.disconnect_all()
