"""The heart: how a command becomes the next entry of its conversation's log, once, in order, for good."""
