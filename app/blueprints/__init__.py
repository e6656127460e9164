"""HTTP: thin routes that parse, call a service, answer."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every blueprint. Signed in is the rule; a view that is open to guests says so where it is defined."""
    from app.blueprints import api, auth, chat, contacts, groups, languages, photos, settings
    from app.blueprints.api import devices, me, session  # noqa: F401  (they hang their routes on the blueprint)

    for module in (auth, chat, contacts, groups, settings, languages, photos, api):
        app.register_blueprint(module.blueprint)
