"""The desk of a teaching assistant: walk the class, decide, comment, undo; over `grades.sqlite`."""

from grader.review.app import create_app, serve

__all__ = ["create_app", "serve"]
