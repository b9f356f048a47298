"""How gunicorn serves here: the application is loaded once, before the workers part from it, so that they share the memory of what never changes."""

preload_app = True
