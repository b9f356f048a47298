"""Figures for Prometheus: requests by endpoint and status with their time, and the outbox at the moment of asking.

With several server processes PROMETHEUS_MULTIPROC_DIR names the folder in which they put their figures together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from app.across.keeping import queries as keeping
from app.across.operation import queries

REGISTRY = CollectorRegistry()
REQUESTS = Counter("vamco_requests", "Requests answered", ["endpoint", "method", "status"], registry=REGISTRY)
SECONDS = Histogram("vamco_request_seconds", "Time to answer", ["endpoint"], registry=REGISTRY,
                    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10))  # fmt: skip


class Outbox:
    """The outbox as gauges, counted when asked."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, value in queries.outbox(self.at).items():
            yield GaugeMetricFamily(f"vamco_outbox_{name}", f"Outgoing mail: {name.replace('_', ' ')}", value=value)


class Backups:
    """Age and size of the last backup, and whether the latest failed, read when asked."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        standing = keeping.standing(self.at)
        if standing.last is not None and standing.age is not None:
            yield GaugeMetricFamily("vamco_backup_age_seconds", "Age of the last backup", value=standing.age.total_seconds())
            yield GaugeMetricFamily("vamco_backup_size_bytes", "Size of the last backup", value=standing.last.size or 0)
        yield GaugeMetricFamily("vamco_backup_late", "1: the last backup is older than the rule says, or there is none", value=standing.late)
        yield GaugeMetricFamily("vamco_backup_failed", "1: the latest backup failed", value=standing.failed_since is not None)


def text_of(at: datetime) -> bytes:
    """All figures, as Prometheus reads them."""
    gauges: Any = CollectorRegistry()
    gauges.register(Outbox(at))
    gauges.register(Backups(at))
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return generate_latest(counted) + generate_latest(gauges)


def may_ask(address: str | None, allowed: list[str]) -> bool:
    """Is this address the machine itself, or one of those allowed (addresses or networks)?"""
    try:
        asking = ip_address(address or "")
    except ValueError:
        return False
    asking = getattr(asking, "ipv4_mapped", None) or asking
    return asking.is_loopback or any(asking in ip_network(network, strict=False) for network in allowed)
