"""The worker process: commits, and does what need not be done while somebody waits."""
