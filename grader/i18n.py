"""Languages: the catalogues, and numbers and dates as each language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("en", "fr")
SOURCE = "en"  # the language of the sentences in the code


@dataclass(frozen=True, slots=True)
class Language:
    """One language: translates sentences, writes numbers and dates."""

    code: str
    single: dict[str, str]
    plural: dict[tuple[str, str], tuple[str, ...]]

    def gettext(self, sentence: str) -> str:
        """`sentence` in this language, or itself where the catalogue has none."""
        return self.single.get(sentence, sentence)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form of the sentence that goes with `n` things."""
        forms = self.plural.get((one, many), (one, many))
        # French says 0 and 1 in the singular, English only 1
        is_one = n in (0, 1) if self.code == "fr" else n == 1
        return forms[0] if is_one else forms[-1]

    def number(self, value: float, *, digits: int = 2) -> str:
        """`value` with at most `digits` decimals."""
        return _decimal(round(value, digits) or 0.0, digits, self.code)  # no minus zero

    def signed(self, value: float, *, digits: int = 2) -> str:
        """`value` with its sign, a true minus."""
        sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
        return sign + self.number(abs(value), digits=digits)

    def percent(self, share: float) -> str:
        """A share in [0, 1] as whole percents."""
        return format_percent(share, format=None, locale=self.code)

    def date(self, moment: datetime, timezone: str) -> str:
        """`moment`, which is aware, on the clocks of `timezone`."""
        pattern = "d MMMM y, HH:mm" if self.code == "en" else "d MMMM y 'à' HH:mm"
        city = timezone.rpartition("/")[2].replace("_", " ")
        said = format_datetime(moment, format=pattern, tzinfo=ZoneInfo(timezone), locale=self.code)
        return f"{said} ({city})"


@lru_cache(maxsize=4096)  # a class has few different points, each on every page
def _decimal(value: float, digits: int, code: str) -> str:
    return format_decimal(value, format="#,##0." + "#" * digits, locale=code)


def read_catalogue(code: str) -> Catalog:
    """The catalogue of language `code`; an empty one for the language of the code."""
    if code == SOURCE:
        return Catalog(locale=code)
    po = resources.files("grader") / "locale" / code / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(po.read_bytes()), locale=code)


@cache
def language(code: str) -> Language:
    """The language `code`, one of `LANGUAGES`; "fr-FR" and "fr_CH" are French."""
    short = code.replace("_", "-").partition("-")[0].lower()
    if short not in LANGUAGES:
        short = SOURCE
    single: dict[str, str] = {}
    plural: dict[tuple[str, str], tuple[str, ...]] = {}
    for message in read_catalogue(short):
        said = message.string
        if not message.id or not said or message.fuzzy:
            continue
        if isinstance(message.id, str):
            single[message.id] = str(said)
        elif not isinstance(said, str) and all(said):
            plural[(message.id[0], message.id[1])] = tuple(said)
    return Language(short, single, plural)
