"""The way to Moodle and back: try an import here, fetch submissions, push results."""

from grader.exchange.checking import Advice, check
from grader.exchange.client import Service
from grader.exchange.fetching import Fetched, fetch
from grader.exchange.pushing import Fate, PushItem, PushReport, PushRow, plan_push, push, read_items

__all__ = [
    "Advice",
    "Fate",
    "Fetched",
    "PushItem",
    "PushReport",
    "PushRow",
    "Service",
    "check",
    "fetch",
    "plan_push",
    "push",
    "read_items",
]
