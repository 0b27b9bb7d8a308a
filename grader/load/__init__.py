"""From the files that a student handed in to a program for the worker and a document for people."""

from grader.load.notes import notes_of
from grader.load.reading import Loaded, Wanted, read

__all__ = ["Loaded", "Wanted", "notes_of", "read"]
