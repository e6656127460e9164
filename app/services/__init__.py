"""Use cases, one verb each. They know nothing of Flask, sockets or HTTP."""
