"""Numbered steps that bring the database to what the code expects: run once each, in order, behind a lock.

A step is a module ``steps/NNNN_name.py`` as pymongo-migrate reads it (``dependencies``, ``upgrade``, ``downgrade``);
``upgrade`` must be able to run again after a crash.
"""
