"""What Chatter talks about: ids, errors, commands, entries, permissions. No I/O, no Flask."""
