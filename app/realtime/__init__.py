"""Sockets: hints that the log has moved. Losing every push costs latency and nothing else."""
