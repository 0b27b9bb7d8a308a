"""The kit that checks are written with."""
