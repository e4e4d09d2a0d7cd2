"""Aloftly itself: the real binary over a folder of its own, loaded by its command line and asked over HTTP."""
