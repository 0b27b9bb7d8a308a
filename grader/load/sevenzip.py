"""Files out of a 7z archive, as far as the standard library's decoders go; nothing else is needed.

The container is that of 7zFormat.txt in the LZMA SDK: a signature, packed streams, a header, packed itself
as a rule, that says which coders give which files. Read are copies, LZMA, LZMA2, bzip2 and deflate; encrypted
archives and rarer coders raise NotImplementedError, damage raises ValueError.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from dataclasses import dataclass, field

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
MAX_HEADER_BYTES = 1_000_000
MAX_ITEMS = 5_000
MAX_DICTIONARY_BYTES = 1 << 27
_X86 = b"\3\3\1\3"
_COPY, _LZMA, _LZMA2, _BZIP2, _DEFLATE = b"\0", b"\3\1\1", b"\x21", b"\4\2\2", b"\4\1\x08"


@dataclass(slots=True)
class _Folder:
    """Files packed as one stream, by one coder; for programs there is a filter before it."""

    coder: bytes
    properties: bytes
    is_filtered: bool = False
    size: int = 0
    files: list[int] = field(default_factory=list)  # sizes


@dataclass(slots=True)
class _Streams:
    """Where packed streams lie, and what is in them."""

    position: int = 0
    packed: list[int] = field(default_factory=list)  # sizes
    folders: list[_Folder] = field(default_factory=list)


def members(content: bytes, limit: int) -> list[tuple[str, bytes]]:
    """Names and contents of the files, at most `limit` bytes of each stream."""
    offset, size = (int.from_bytes(content[at : at + 8], "little") for at in (12, 20))
    if size > MAX_HEADER_BYTES:
        raise ValueError("header too large")
    header = _Reader(content[32 + offset : 32 + offset + size])
    kind = header.byte()
    while kind == 0x17:  # the header is packed itself
        streams = _read_streams(header)
        if not streams.folders or streams.folders[0].size > MAX_HEADER_BYTES:
            raise ValueError("packed header")
        header = _Reader(_unpacked(content, streams, MAX_HEADER_BYTES)[0])
        kind = header.byte()
    if kind != 0x01:
        raise ValueError("no header")
    streams, names, is_empty = _Streams(), list[str](), set[int]()
    while kind := header.byte():
        if kind == 0x04:
            streams = _read_streams(header)
        elif kind == 0x05:
            names, is_empty = _read_files(header)
        else:
            raise NotImplementedError("archive properties")
    return _named(_unpacked(content, streams, limit), streams, names, is_empty)


def _named(
    stores: list[bytes], streams: _Streams, names: list[str], is_empty: set[int]
) -> list[tuple[str, bytes]]:
    contents: list[bytes] = []
    for store, folder in zip(stores, streams.folders, strict=True):
        at = 0
        for size in folder.files:
            contents.append(store[at : at + size])
            at += size
    full = [name for number, name in enumerate(names) if number not in is_empty]
    return list(zip(full, contents, strict=False))


class _Reader:
    """Takes numbers and bytes off a header; raises ValueError where it ends too early."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        found = self._content[self._at : self._at + size]
        if len(found) != size:
            raise ValueError("header ends too early")
        self._at += size
        return found

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes: as many ones lead the first as bytes follow it."""
        first = self.byte()
        ones = 8 - (first ^ 0xFF).bit_length()
        low = int.from_bytes(self.take(ones), "little")
        return low + ((first & (0x7F >> ones)) << (8 * ones)) if ones < 8 else low

    def count(self) -> int:
        """A number of things, bounded."""
        found = self.number()
        if found > MAX_ITEMS:
            raise ValueError("too many items")
        return found

    def bits(self, count: int) -> list[bool]:
        """One flag per thing, packed."""
        packed = self.take((count + 7) // 8)
        return [bool(packed[n // 8] & (0x80 >> n % 8)) for n in range(count)]

    def skip_digests(self, count: int) -> None:
        """Checksums, of all or of some."""
        known = count if self.byte() else sum(self.bits(count))
        self.take(4 * known)


def _read_streams(header: _Reader) -> _Streams:
    streams = _Streams()
    while kind := header.byte():
        if kind == 0x06:
            _read_packed(header, streams)
        elif kind == 0x07:
            _read_folders(header, streams)
        elif kind == 0x08:
            _read_sizes(header, streams)
        else:
            raise ValueError("unknown part")
    for folder in streams.folders:
        folder.files = folder.files or [folder.size]
    return streams


def _read_packed(header: _Reader, streams: _Streams) -> None:
    streams.position, count = header.number(), header.count()
    while kind := header.byte():
        if kind == 0x09:
            streams.packed = [header.number() for _ in range(count)]
        else:
            header.skip_digests(count)


def _read_folders(header: _Reader, streams: _Streams) -> None:
    while kind := header.byte():
        if kind == 0x0B:
            count = header.count()
            if header.byte():
                raise NotImplementedError("folders elsewhere")
            streams.folders = [_read_folder(header) for _ in range(count)]
        elif kind == 0x0C:
            for folder in streams.folders:
                folder.size = header.number()
                if folder.is_filtered:
                    header.number()  # the size before the filter, which is the same
        else:
            header.skip_digests(len(streams.folders))


def _read_folder(header: _Reader) -> _Folder:
    coders = header.number()
    if coders == 1:
        return _Folder(*_read_coder(header))
    if coders == 2:
        pair = [_read_coder(header), _read_coder(header)]
        into, out_of = header.number(), header.number()
        if {into, out_of} == {0, 1} and pair[into][0] == _X86:  # what unpacks goes into the filter
            return _Folder(*pair[out_of], is_filtered=True)
    raise NotImplementedError("several coders")


def _read_coder(header: _Reader) -> tuple[bytes, bytes]:
    flags = header.byte()
    if flags & 0x10:
        raise NotImplementedError("several streams")
    coder = header.take(flags & 0x0F)
    return coder, header.take(header.count()) if flags & 0x20 else b""


def _read_sizes(header: _Reader, streams: _Streams) -> None:
    counts = [1] * len(streams.folders)
    sized = False
    while kind := header.byte():
        if kind == 0x0D:
            counts = [header.count() for _ in streams.folders]
        elif kind == 0x09:
            sized = True
            for folder, count in zip(streams.folders, counts, strict=True):
                sizes = [header.number() for _ in range(count - 1)]
                folder.files = [*sizes, folder.size - sum(sizes)] if count else []
        else:
            header.skip_digests(sum(n for n in counts if n != 1) or sum(counts))
    if not sized:
        for folder, count in zip(streams.folders, counts, strict=True):
            folder.files = [folder.size] if count else []


def _read_files(header: _Reader) -> tuple[list[str], set[int]]:
    count = header.count()
    names: list[str] = []
    empty: set[int] = set()
    while kind := header.byte():
        part = _Reader(header.take(header.number()))
        if kind == 0x0E:
            empty = {n for n, flag in enumerate(part.bits(count)) if flag}
        elif kind == 0x11 and not part.byte():
            names = part.take(len(part._content) - 1).decode("utf-16-le", "replace").split("\0")[:count]
    return names, empty


def _unpacked(content: bytes, streams: _Streams, limit: int) -> list[bytes]:
    at = 32 + streams.position
    found: list[bytes] = []
    for folder, size in zip(streams.folders, streams.packed, strict=True):
        if folder.size > limit:
            raise ValueError("too large")
        found.append(_decoded(content[at : at + size], folder))
        at += size
        limit -= folder.size
    return found


def _decoded(packed: bytes, folder: _Folder) -> bytes:
    properties = folder.properties
    if folder.is_filtered and folder.coder not in (_LZMA, _LZMA2):
        raise NotImplementedError("filter")
    if folder.coder == _COPY:
        return packed[: folder.size]
    if folder.coder == _BZIP2:
        return bz2.BZ2Decompressor().decompress(packed, folder.size)
    if folder.coder == _DEFLATE:
        return zlib.decompressobj(-15).decompress(packed, folder.size)
    if folder.coder == _LZMA2 and len(properties) == 1 and properties[0] < 40:
        code = properties[0]
        filters = {"id": lzma.FILTER_LZMA2, "dict_size": (2 | code & 1) << (code // 2 + 11)}
    elif folder.coder == _LZMA and len(properties) == 5:
        rest, lc = divmod(properties[0], 9)
        pb, lp = divmod(rest, 5)
        size = max(int.from_bytes(properties[1:], "little"), 4096)
        filters = {"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}
    else:
        raise NotImplementedError("coder")
    if filters["dict_size"] > MAX_DICTIONARY_BYTES:
        raise ValueError("dictionary too large")
    chain = [{"id": lzma.FILTER_X86}, filters] if folder.is_filtered else [filters]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain).decompress(packed, folder.size)
