"""How PHP reads what Moodle gives it: CSV with a backslash that escapes, numbers, English dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SPACES = " \t\n\r\v\f"
_FLOAT = re.compile(r"[ \t\n\r\v\f]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)


def to_float(cell: str) -> float:
    """PHP's `(float) $cell`: the number at the start of `cell`, 0 where there is none."""
    match = _FLOAT.match(cell)
    return float(match[1]) if match else 0.0


# --- CSV ----------------------------------------------------------------------------------------------------


def read_csv(content: str, separator: str) -> list[list[str] | None]:
    """PHP's `fgetcsv` over all of `content`, lines ended by \\n; None for a blank line (php_fgetcsv)."""
    rows: list[list[str] | None] = []
    at = 0
    while at < len(content):
        row: list[str] = []
        if content[at] == "\n":
            rows.append(None)
            at += 1
            continue
        while True:
            value, at, more = _field(content, at, separator)
            row.append(value)
            if not more:
                break
        rows.append(row)
    return rows


def _field(content: str, at: int, separator: str) -> tuple[str, int, bool]:
    """The field at `at`, where the next begins, and whether that is in the same row."""
    start = at
    while at < len(content) and content[at] in _SPACES and content[at] != separator and content[at] != "\n":
        at += 1
    if at < len(content) and content[at] == '"':
        value, at = _enclosed(content, at + 1)
        rest, at = _until(content, at, separator)
        value += rest
    else:
        value, at = _until(content, start, separator)
    if at < len(content) and content[at] == separator:
        return value, at + 1, True
    return value, at + 1, False


def _until(content: str, at: int, separator: str) -> tuple[str, int]:
    end = at
    while end < len(content) and content[end] not in (separator, "\n"):
        end += 1
    return content[at:end], end


def _enclosed(content: str, at: int) -> tuple[str, int]:
    """What stands in quotes from `at`, and where it ends: a backslash keeps the next quote from closing."""
    pieces = []
    while at < len(content):
        character = content[at]
        if character == "\\":
            pieces.append(content[at : at + 2])
            at += 2
        elif character != '"':
            pieces.append(character)
            at += 1
        elif content.startswith('"', at + 1):
            pieces.append('"')
            at += 2
        else:
            return "".join(pieces), at + 1
    return "".join(pieces), at


def write_csv(rows: list[list[str]]) -> str:
    """PHP's `fputcsv` with a comma: quotes are doubled unless a backslash stands before them."""
    return "".join(",".join(_written(value) for value in row) + "\n" for row in rows)


def _written(value: str) -> str:
    if not any(character in value for character in ',"\\\n\r\t '):
        return value
    pieces, escaped = [], False
    for character in value:
        if character == "\\":
            escaped = True
        elif not escaped and character == '"':
            pieces.append('"')
        else:
            escaped = False
        pieces.append(character)
    return '"' + "".join(pieces) + '"'


# --- dates ----------------------------------------------------------------------------------------------

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join((*_MONTHS, *(month[:3] for month in _MONTHS), "sept"))
_DAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_TIME = (
    r"(?:(?:[,\s]\s*|T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_DATES = tuple(
    re.compile(rf"\s*(?:{_DAY}\.?,?\s+)?{date}{_TIME}{_ZONE}\s*", re.IGNORECASE | re.ASCII)
    for date in (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?P<word>{_MONTH})[\s.,-]*(?P<year>\d{{4}}|\d{{2}}(?!\d|:))",
        rf"(?P<word>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",  # American
        r"(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>\d{4})",
    )
)
_RELATIVE = {"now": None, "today": 0, "midnight": 0, "tomorrow": 1, "yesterday": -1}


def to_time(cell: str, *, timezone: str, now: datetime) -> datetime | None:
    """PHP's `strtotime` for the dates that occur in worksheets; None where it cannot read them.

    The parser knows English only and takes the server's `timezone`. Where ours knows less than PHP's it
    says None: then a row counts as stale, the careful answer.
    """
    word = cell.strip().lower()
    zone = ZoneInfo(timezone)
    if word in _RELATIVE:
        days = _RELATIVE[word]
        if days is None:
            return now
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=days)).astimezone(UTC)
    if re.fullmatch(r"@-?\d{1,11}", word):
        return datetime.fromtimestamp(int(word[1:]), UTC)
    for pattern in _DATES:
        match = pattern.fullmatch(cell)
        if match is not None:
            return _moment(match.groupdict(), zone)
    return None


def _moment(parts: dict[str, str | None], zone: ZoneInfo) -> datetime | None:
    word = (parts.get("word") or "")[:3].lower()
    month = [name[:3] for name in _MONTHS].index(word) + 1 if word else int(parts["month"] or 0)
    year = int(parts["year"] or 0)
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not 1970 <= year < 3000:
        return None
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        local = datetime(
            year, month, int(parts["day"] or 0), hour, int(parts["minute"] or 0), int(parts["second"] or 0)
        )
    except ValueError:
        return None
    named = parts["zone"]
    if named is None:
        return local.replace(tzinfo=zone).astimezone(UTC)
    if named.upper() in {"Z", "UTC", "GMT"}:
        return local.replace(tzinfo=UTC)
    digits = named.replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return (local - offset if digits[0] == "+" else local + offset).replace(tzinfo=UTC)
