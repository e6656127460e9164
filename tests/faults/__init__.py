"""The promise under fire: a whole Chatter, people who write in it, and a nemesis that breaks what it stands on.

``make faults`` injects every fault of ``docs/faults.md`` and lets ``tests/history`` check what everybody saw.
"""
