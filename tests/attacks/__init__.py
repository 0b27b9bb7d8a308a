"""Attempts of student code to reach what is not its own, each run in each tier that is to be had here."""
