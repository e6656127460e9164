"""An administrator and a member, each at a browser, and somebody to act on."""

import pytest

from app.models import User
from tests.blueprints.site import Browser, Site

ADA, BOB, CLEO = "07400 123456", "07400 654321", "07400 222333"


@pytest.fixture
def admin(site: Site) -> Browser:
    """Ada, who runs this Chatter, and signed in a moment ago."""
    browser = site.browser().sign_in(ADA)
    User.objects(id=browser.me()["id"]).update_one(set__role="admin")
    site.forget_devices()
    return browser


@pytest.fixture
def member(site: Site) -> Browser:
    """Bob, who does not."""
    return site.browser().sign_in(BOB, name="Bob Babbage")


@pytest.fixture
def cleo(site: Site) -> Browser:
    """Cleo, to whom things are done."""
    return site.browser().sign_in(CLEO, name="Cleo Clark")
