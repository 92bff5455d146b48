"""Sets from the start, and the proof: what Biye's tasks cost beside the plainest thing that could be done.

`python -m bench --size 100k` writes an invented season (kept in bench/data/), runs it through the functions
that the flows' steps call, and compares each with DuckDB or the database's driver on the same bytes.
"""
