"""Signing in and out, and the first visit."""

from app.blueprints.auth import google, passkey, phone, sign_out, welcome
from app.blueprints.auth.blueprint import blueprint

__all__ = ["blueprint", "google", "passkey", "phone", "sign_out", "welcome"]
