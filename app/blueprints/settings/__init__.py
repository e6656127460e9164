"""The pages behind Settings."""

from app.blueprints.settings import account, devices, privacy, profile
from app.blueprints.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "devices", "privacy", "profile"]
