"""Window for who runs the server: /healthz, /readyz, /metrics and the log of requests. It owns no state and has no pages.

check     one condition of readiness: its name, whether it holds, and a word
request   one line of the log, as JSON: id, method, endpoint, status, milliseconds; nothing a person typed, no address, no name
"""
