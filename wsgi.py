"""The application for a server: `gunicorn wsgi:app`."""

import gc

from app import create_app

app = create_app(commands=False)

# What the start left behind lives as long as the process: the collector need not walk it on behalf of a visitor, and so may come often.
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 5, 5)
