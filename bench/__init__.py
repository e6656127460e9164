"""Chatter measured beside the design it replaces, on the same stores, with the same bytes. See README.md here."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "bench"
