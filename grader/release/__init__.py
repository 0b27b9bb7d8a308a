"""What students get: a starter, the public checks with recorded answers, and the grader itself."""

from grader.release.handout import Handout, make_handout, pack_handout
from grader.release.recording import record_answers
from grader.release.wheel import make_wheel

__all__ = ["Handout", "make_handout", "make_wheel", "pack_handout", "record_answers"]
