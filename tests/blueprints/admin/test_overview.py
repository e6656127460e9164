"""The dashboard's figures as its page asks for them."""

from tests.blueprints.site import Browser


def test_the_figures_name_everything_the_page_shows(admin: Browser) -> None:
    live = admin.fetch("GET", "/admin/figures").get_json()
    for name in ("people", "conversations", "entries", "online", "sockets", "backlog", "processes", "storage", "parts"):
        assert name in live
    assert live["people"] == 1
    assert {"Python", "Flask", "Redis", "MongoDB"} <= set(live["versions"])
    assert set(live["minute"]) == {"entries", "batches", "waited_ms", "slow", "errors"}


def test_plots_are_of_an_hour_a_day_or_a_month(admin: Browser) -> None:
    for span, points in (("hour", 60), ("day", 96), ("month", 120)):
        assert len(admin.fetch("GET", f"/admin/series?span={span}").get_json()["points"]) == points
    assert admin.fetch("GET", "/admin/series?span=year").status_code == 422
