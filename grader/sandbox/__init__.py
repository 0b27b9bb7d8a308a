"""Keep the student's code apart from us: slots, sessions, limits, and how good the isolation here is."""

from grader.sandbox.diagnosis import Diagnosis, Probe, diagnose
from grader.sandbox.slots import Session, Slot, find_packages, open_slot

__all__ = ["Diagnosis", "Probe", "Session", "Slot", "diagnose", "find_packages", "open_slot"]
