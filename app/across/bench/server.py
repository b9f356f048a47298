"""A server of our own on a free loopback port, and what its processes use."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKERS, THREADS = 2, 4  # as in production
HEAPS = {"MALLOC_ARENA_MAX": "1"}  # also; else each thread keeps a heap of its own
PATIENCE = 120.0  # seconds to start, on a busy machine


class NotStarted(Exception):
    """The server did not answer in time."""


@contextmanager
def serving(target: str, folder: Path) -> Iterator[Server]:
    """gunicorn with `target` ("module:app"); stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS),
               "--worker-class", "gthread", "--graceful-timeout", "5", "--keep-alive", "30", "--log-level", "error", "--no-control-socket", target]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, env=os.environ | HEAPS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(process.pid, port)
        server.wait(process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


class Server:
    """A running server: its port and its processes."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Until it answers. Raises NotStarted."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", "/")
                connection.getresponse().read()
                connection.close()
                return
            except OSError:
                time.sleep(0.1)
        raise NotStarted(f"the server on port {self.port} did not answer")

    def workers(self) -> list[int]:
        """The worker processes."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.pid:
                found.append(int(path.parent.name))
        return found

    def rss_mb(self) -> int:
        """Memory of the largest worker in MB."""
        sizes = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") for pid in self.workers()]
        return round(max(sizes, default=0) / 2**20)


def cpu_ms(pids: list[int]) -> float:
    """Processor time that these processes have used so far, in milliseconds."""
    total = 0.0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0]) / 1e6
            except (OSError, IndexError):
                continue
    return total


def whole_cpu_ms(pids: list[int]) -> float:
    """The same with threads that have ended, in steps of the kernel's clock (10 ms)."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total * 1000 / os.sysconf("SC_CLK_TCK")
