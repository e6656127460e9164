"""The pages behind Settings."""

from app.blueprints.settings import account, confirm, deletion, devices, privacy, profile
from app.blueprints.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "confirm", "deletion", "devices", "privacy", "profile"]
