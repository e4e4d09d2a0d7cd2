"""The metrics service beside other engines: the same rows, the same questions, the same answers, and how long each takes.

`made_up` makes the rows, `product` loads them into a running Aloftly and asks it, `engines` holds the peers, `questions` what all of them are
asked. `compare` ends the run when two answers differ; `timing`, `cold` and `throughput` measure; `report` writes the tables.
"""

import os

# Polars reads this when it is imported, in this process and in those that it starts.
os.environ.setdefault("POLARS_MAX_THREADS", "2")
