"""Autograding of NumPy deep-learning labs: oracles, isolation, feedback pages."""

__version__ = "0.1.0"
