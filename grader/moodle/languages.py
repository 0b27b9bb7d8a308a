"""The words that Moodle writes in worksheets, per language: seen in Moodle 4.5 and its language packs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Column(StrEnum):
    """What a column of the worksheet holds."""

    IDENTIFIER = "identifier"
    FULL_NAME = "full name"
    EMAIL = "email"
    STATUS = "status"
    DUE = "due date"
    GROUP = "group"
    MARKER = "marker"
    GRADE = "grade"
    MAXIMUM = "maximum grade"
    SCALE = "scale"
    WORKFLOW = "marking workflow state"
    CHANGEABLE = "grade can be changed"
    SUBMITTED = "last modified (submission)"
    ONLINE_TEXT = "online text"
    GRADED = "last modified (grade)"
    COMMENT = "feedback comments"


class Status(StrEnum):
    """What a participant's hand-in is for Moodle."""

    SUBMITTED = "submitted"
    DRAFT = "draft"
    NOTHING = "nothing"
    REOPENED = "reopened"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of Moodle's."""

    code: str
    headers: tuple[tuple[Column, str], ...]
    participant: str  # the word before an Identifier, with the space where the pack has one
    decimal: str = "."
    locked: str = ""  # "Grade can be changed" says so
    statuses: tuple[tuple[Status, str], ...] = ()  # how a status sentence begins
    late: str = ""  # pattern of the part of a status sentence that says how late

    def header(self, column: Column) -> str | None:
        """The exact header of `column`, where known."""
        return dict(self.headers).get(column)


_EN = Language(
    code="en",
    headers=(
        (Column.IDENTIFIER, "Identifier"),
        (Column.FULL_NAME, "Full name"),
        (Column.EMAIL, "Email address"),
        (Column.STATUS, "Status"),
        (Column.DUE, "Due date"),
        (Column.GROUP, "Group"),
        (Column.MARKER, "Marker"),
        (Column.GRADE, "Grade"),
        (Column.MAXIMUM, "Maximum grade"),
        (Column.SCALE, "Scale"),
        (Column.WORKFLOW, "Marking workflow state"),
        (Column.CHANGEABLE, "Grade can be changed"),
        (Column.SUBMITTED, "Last modified (submission)"),
        (Column.ONLINE_TEXT, "Online text"),
        (Column.GRADED, "Last modified (grade)"),
        (Column.COMMENT, "Feedback comments"),
    ),
    participant="Participant ",
    locked="No",
    statuses=(
        (Status.SUBMITTED, "Submitted for grading"),
        (Status.DRAFT, "Draft (not submitted)"),
        (Status.NOTHING, "No submission"),
        (Status.REOPENED, "Reopened"),
    ),
    late=r"(?:(\d+) days? ?)?(?:(\d+) hours? ?)?(?:(\d+) mins? ?)?(?:(\d+) secs?)? ?late",
)
_FR = Language(
    code="fr",
    headers=(
        (Column.IDENTIFIER, "Identifiant"),
        (Column.FULL_NAME, "Nom complet"),
        (Column.EMAIL, "Adresse de courriel"),
        (Column.STATUS, "Statut"),
        (Column.GROUP, "Groupe"),
        (Column.MARKER, "Évaluateur"),
        (Column.GRADE, "Note"),
        (Column.MAXIMUM, "Note maximale"),
        (Column.SCALE, "Barème"),
        (Column.WORKFLOW, "Statut du flux d'évaluation"),
        (Column.CHANGEABLE, "La note peut être modifiée"),
        (Column.SUBMITTED, "Dernière modification (travail remis)"),
        (Column.GRADED, "Dernière modification (note)"),
        (Column.COMMENT, "Feedback par commentaires"),
    ),
    participant="Participant",
    decimal=",",
    locked="Non",
    statuses=(
        (Status.SUBMITTED, "Remis pour évaluation"),
        (Status.DRAFT, "Brouillon (non remis)"),
        (Status.NOTHING, "Pas de travail remis"),
        (Status.REOPENED, "Rouvert"),
    ),
    late=r"En retard de (?:(\d+) jours? ?)?(?:(\d+) heures? ?)?(?:(\d+) min ?)?(?:(\d+) s)?",
)
_DE = Language(
    code="de",
    headers=(
        (Column.IDENTIFIER, "ID"),
        (Column.FULL_NAME, "Vollständiger Name"),
        (Column.EMAIL, "E-Mail-Adresse"),
        (Column.STATUS, "Status"),
        (Column.GROUP, "Gruppe"),
        (Column.GRADE, "Bewertung"),
        (Column.MAXIMUM, "Bestwertung"),
        (Column.CHANGEABLE, "Bewertung kann geändert werden"),
        (Column.SUBMITTED, "Zuletzt geändert (Abgabe)"),
        (Column.GRADED, "Zuletzt geändert (Bewertung)"),
        (Column.COMMENT, "Feedback als Kommentar"),
    ),
    participant="Teilnehmer/in",
    decimal=",",
    locked="Nein",
    statuses=(
        (Status.SUBMITTED, "Zur Bewertung abgegeben"),
        (Status.DRAFT, "Entwurf (nicht abgegeben)"),
        (Status.NOTHING, "Keine Abgabe"),
        (Status.REOPENED, "Erneut geöffnet"),
    ),
)
_ES = Language(
    code="es",
    headers=(
        (Column.IDENTIFIER, "Identificador"),
        (Column.FULL_NAME, "Nombre completo"),
        (Column.STATUS, "Estado"),
        (Column.GROUP, "Grupo"),
        (Column.MARKER, "Evaluador"),
        (Column.GRADE, "Calificación"),
        (Column.MAXIMUM, "Calificación máxima"),
        (Column.SCALE, "Escala"),
        (Column.SUBMITTED, "Última modificación (entrega)"),
        (Column.GRADED, "Última modificación (calificación)"),
        (Column.COMMENT, "Comentarios de retroalimentación"),
    ),
    participant="Participante",
    decimal=",",
    locked="No",
    statuses=(
        (Status.SUBMITTED, "Enviado para calificar"),
        (Status.DRAFT, "Borrador (no enviado)"),
        (Status.NOTHING, "Sin entrega"),
        (Status.NOTHING, "No entregado"),
        (Status.REOPENED, "Reabierto"),
    ),
)
_ZH_CN = Language(
    code="zh_cn",
    headers=(
        (Column.IDENTIFIER, "标识符"),
        (Column.FULL_NAME, "全名"),
        (Column.GRADE, "成绩"),
        (Column.MAXIMUM, "最高分"),
        (Column.GRADED, "上次修改（评分）"),
        (Column.COMMENT, "反馈意见"),
    ),
    participant="参与人",
    locked="否",
)
_AR = Language(
    code="ar",
    headers=(
        (Column.IDENTIFIER, "المُعرَّف"),
        (Column.FULL_NAME, "ًالاسم كاملا"),
        (Column.GRADE, "الدرجة"),
        (Column.MAXIMUM, "أعلى تقدير"),
        (Column.GRADED, "آخر تعديل (التقدير)"),
        (Column.COMMENT, "تعليقات الإفادة"),
    ),
    participant="المشارك",
    locked="لا",
)
LANGUAGES: tuple[Language, ...] = (_EN, _FR, _DE, _ES, _ZH_CN, _AR)
NEEDED = (Column.IDENTIFIER, Column.GRADE, Column.GRADED)


def language(code: str) -> Language | None:
    """The language of that code ("fr"), where known."""
    return next((known for known in LANGUAGES if known.code == code), None)


def language_of(headers: tuple[str, ...]) -> Language | None:
    """The language whose names of the three columns that an import needs are all among `headers`."""
    present = set(headers)
    for known in LANGUAGES:
        if all(known.header(column) in present for column in NEEDED):
            return known
    return None


# --- dates --------------------------------------------------------------------------------------------

_MONTHS = (
    "january february march april may june july august september october november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)
_MONTH_NUMBER = {word: n for names in _MONTHS for n, word in enumerate(names.split(), start=1)}
_CHINESE = re.compile(
    r"(?P<year>\d{4})年\s*(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})日\D*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})[T ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}))?"
)
_WORDS = re.compile(
    r"(?P<day>\d{1,2})\.?\s+(?:de\s+)?(?P<word>[^\W\d_]+)\.?,?\s+(?:de\s+)?(?P<year>\d{4})\s*[,،]?\s+(?:\w+\s+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[AaPp]\.?\s?[Mm]\b|ص|م)?"
)


def find_date(sentence: str) -> datetime | None:
    """The first date with a time in `sentence`, naive, to the minute, in any language known here."""
    for pattern in (_ISO, _CHINESE, _WORDS):
        match = pattern.search(sentence)
        if match is not None:
            return _as_datetime(match.groupdict())
    return None


def _as_datetime(parts: dict[str, str | None]) -> datetime | None:
    month = parts.get("month") or _MONTH_NUMBER.get((parts.get("word") or "").lower())
    if not month:
        return None
    if not 1970 <= int(parts["year"] or 0) < 3000:
        return None
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pم" else 0)
    try:
        return datetime(
            int(parts["year"] or 0), int(month), int(parts["day"] or 0), hour, int(parts["minute"] or 0),
            int(parts.get("second") or 0),
        )  # fmt: skip
    except ValueError:
        return None
