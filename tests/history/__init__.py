"""The history checker: what clients and servers wrote down during a run, held against the promise of one numbered log.

``Recorder`` writes, ``read`` reads, ``check`` judges, ``report`` shows. It knows nothing of the application: who shared
the application's code would share its mistakes.
"""
