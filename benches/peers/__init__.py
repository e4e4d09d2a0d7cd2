"""The metrics service beside other engines: the same rows, the same questions, the same answers, and how long each takes.

`made_up` makes the rows, `product` loads them into a running Aloftly and asks it, `engines` holds the peers, `questions` what all of them are
asked. `compare` ends the run when two answers differ; `timing`, `throughput` and `cold` measure; `report` writes the tables.
"""
