"""flask bench: what the pages of this database cost, beside what they may cost.

budgets   the limits, in one table
server    gunicorn on a free port, the processor time it uses, its memory
measure   the visits: latency, processor time, queries, bytes
cli       the command and its table
hello     the bare application that the others are compared with
"""
