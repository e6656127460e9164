"""What whoever runs this Chatter says to everybody. Pure data."""

from typing import Literal

Level = Literal["info", "important", "urgent"]
LEVELS: dict[Level, str] = {"info": "For information", "important": "Important", "urgent": "Urgent"}
"""Each in the words that the dashboard shows."""
ANNOUNCEMENT_CHARACTERS = 500
MOST_RUNNING = 10
"""Published ones that are not over: each page holds all of them."""
