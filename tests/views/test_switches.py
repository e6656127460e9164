"""Where only administrators make groups, nobody else is offered to."""

import pytest
from playwright.sync_api import expect

from tests.views.conftest import Opener


@pytest.mark.parametrize("makes", [True, False])
def test_a_group_is_offered_to_whoever_may_make_one(open_page: Opener, makes: bool) -> None:
    page = open_page()
    page.evaluate("makes => { chat.me.makes_groups = makes }", makes)
    page.get_by_role("button", name="New chat").click()
    dialog = page.get_by_role("dialog", name="New chat")
    expect(dialog.get_by_role("button", name="Note to self")).to_be_visible()
    expect(dialog.get_by_role("button", name="New group")).to_have_count(int(makes))
