"""The archive as a file: sealed and opened as a stream, in memory that does not grow with its size.

    VAMCO-BACKUP 1 {"made": …}\\n      in clear, so that a folder of archives can be told apart
    age-encrypted tar                 to one public key or several (age-encryption.org/v1)
    sha256, length, VAMCOEND          32 + 8 + 8 bytes: the hash and length of all before, to be checked without a key

Raises Unusable, whose sentence is for the operator.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

MAGIC, END, FORMAT = b"VAMCO-BACKUP ", b"VAMCOEND", 1
TRAILER = 32 + 8 + len(END)
PIECE = 2**18


class Unusable(Exception):
    """An archive that cannot be made, read or put back; the text says why."""


def recipients(keys: Sequence[str]) -> list[Any]:
    """The public keys, read. Raises Unusable for one that is none."""
    if not keys:
        raise Unusable("no public key: set VAMCO_BACKUP_KEYS or give --key (flask backup new-key FILE makes a pair)")
    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError as failure:
        raise Unusable(f"not a public key of age (age1…): {failure}") from None


def identities(path: Path) -> list[Any]:
    """The secret keys in a file, one a line, lines with # left out. Raises Unusable."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as failure:
        raise Unusable(f"the key file {path} cannot be read: {getattr(failure, 'strerror', None) or failure}") from None
    if not found:
        raise Unusable(f"the key file {path} holds no key")
    return found


class _Summed(io.RawIOBase):
    """What is written, counted and summed."""

    def __init__(self, inner: BinaryIO) -> None:
        self.inner, self.hash, self.size = inner, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.inner.write(piece)
        self.hash.update(piece)
        self.size += len(piece)
        return len(piece)


class _Window(io.RawIOBase):
    """The next `left` bytes of a file."""

    def __init__(self, inner: BinaryIO, left: int) -> None:
        self.inner, self.left = inner, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.inner.read(min(len(buffer), self.left))
        buffer[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)


class _Aside(threading.Thread):
    """A thread that keeps what went wrong in it, and closes what it was given in any case."""

    def __init__(self, work: Callable[[], None], *closes: Any) -> None:
        super().__init__(daemon=True)
        self.work, self.closes, self.failure = work, closes, None

    def run(self) -> None:
        self.failure: BaseException | None
        try:
            self.work()
        except BaseException as failure:  # noqa: BLE001 - told to who waits
            self.failure = failure
        for stream in self.closes:
            try:
                stream.close()
            except OSError:
                pass


def seal(path: Path, header: dict[str, Any], to: Sequence[Any], fill: Callable[[tarfile.TarFile], None]) -> tuple[int, str]:
    """Write an archive of what `fill` adds; it is at `path` whole or not at all. Returns (bytes, SHA-256 of all but the trailer)."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            out = _Summed(file)
            out.write(MAGIC + str(FORMAT).encode() + b" " + json.dumps(header, sort_keys=True).encode() + b"\n")
            _encrypt(out, to, fill)
            digest = out.hash.digest()
            file.write(digest + out.size.to_bytes(8, "big") + END)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as failure:
        raise Unusable(f"the archive cannot be written to {path.parent}: {failure.strerror or failure}") from failure
    finally:
        part.unlink(missing_ok=True)
    return out.size + TRAILER, digest.hex()


def _encrypt(out: _Summed, to: Sequence[Any], fill: Callable[[tarfile.TarFile], None]) -> None:
    reading, writing = os.pipe()
    source, pipe = os.fdopen(reading, "rb", PIECE), os.fdopen(writing, "wb", PIECE)
    aside = _Aside(lambda: pyrage.encrypt_io(source, out, to), source)
    aside.start()
    try:
        with pipe, tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            fill(tar)
    except BrokenPipeError:
        aside.join()
        raise aside.failure or OSError("the encryption ended early") from None
    except BaseException:
        aside.join()
        raise
    aside.join()
    if aside.failure is not None:
        raise aside.failure


def look(path: Path) -> dict[str, Any]:
    """What the archive says of itself in clear, after comparing the whole file with the hash at its end. Needs no key."""
    try:
        with path.open("rb") as file:
            header, digest, size = _frame(file)
            summed, left = hashlib.sha256(), size
            while piece := file.read(min(PIECE, left)):
                summed.update(piece)
                left -= len(piece)
    except OSError as failure:
        raise Unusable(f"{path} cannot be read: {failure.strerror}") from None
    if summed.digest() != digest:
        raise Unusable(f"{path.name} is damaged: its bytes do not match the hash at its end")
    return header | {"size": size + TRAILER, "sha256": digest.hex()}


def _frame(file: BinaryIO) -> tuple[dict[str, Any], bytes, int]:
    """(header, hash, bytes before the trailer); the file stands at its beginning again."""
    first = file.readline(2**16)
    whole = file.seek(0, os.SEEK_END)
    if not first.startswith(MAGIC):
        raise Unusable("this is not a backup of Vàm Cỏ: it does not begin like one")
    number, _space, rest = first.removeprefix(MAGIC).partition(b" ")
    if number != str(FORMAT).encode():
        raise Unusable(f"this archive has format {number.decode('ascii', 'replace')}; this program reads format {FORMAT}: use the program that made it, or a newer one")
    file.seek(max(0, whole - TRAILER))
    trailer = file.read()
    size = int.from_bytes(trailer[32:40], "big")
    if not trailer.endswith(END) or size != whole - TRAILER:
        raise Unusable("the archive is cut short: its end is missing")
    file.seek(0)
    try:
        return json.loads(rest), trailer[:32], size
    except ValueError:
        raise Unusable("the archive is damaged: its first line cannot be read") from None


@contextmanager
def opened(path: Path, keys: Sequence[Any]) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
    """The members in their order as (name, bytes, stream). What is read is authentic; leaving it early leaves the rest unchecked."""
    with path.open("rb") as file:
        _header, _digest, size = _frame(file)
        window = _Window(file, size - len(file.readline(2**16)))
        reading, writing = os.pipe()
        source, pipe = os.fdopen(reading, "rb", PIECE), os.fdopen(writing, "wb", PIECE)
        aside = _Aside(lambda: pyrage.decrypt_io(io.BufferedReader(window, PIECE), pipe, keys), pipe)
        aside.start()
        try:
            yield _members(source)
            while source.read(PIECE):  # to the last chunk: age says only there that nothing is missing
                pass
        except (tarfile.TarError, EOFError):
            aside.join()
            raise Unusable(_why(aside.failure)) from None
        finally:
            source.close()
            aside.join()
        if aside.failure is not None:
            raise Unusable(_why(aside.failure))


def _members(source: BinaryIO) -> Iterator[tuple[str, int, BinaryIO]]:
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is None:
                raise Unusable(f"the archive holds something that is no file: {member.name!r}")
            yield member.name, member.size, stream  # type: ignore[misc]


def _why(failure: BaseException | None) -> str:
    if isinstance(failure, pyrage.DecryptError) and "matching" in str(failure).lower():
        return "the key is not one that this archive was made for"
    return f"the archive cannot be decrypted: it is damaged ({failure})" if failure else "the archive is damaged: what it holds cannot be read"


def add(tar: tarfile.TarFile, name: str, stream: BinaryIO, size: int) -> str:
    """Put `size` bytes of a stream into the tar, filled up with zeros when there are fewer. Returns their SHA-256."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    read = _Reading(stream, size)
    tar.addfile(info, read)  # type: ignore[arg-type]
    return read.hash.hexdigest()


class _Reading:
    """A stream of exactly `left` bytes that is summed as it is read."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self.stream, self.left, self.hash = stream, left, hashlib.sha256()

    def read(self, most: int) -> bytes:
        wanted = min(most, self.left)
        piece = self.stream.read(wanted)
        self.hash.update(piece)
        self.left -= wanted
        return piece.ljust(wanted, b"\0")
