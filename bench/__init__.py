"""What grading costs, measured: `python -m bench`. Writes docs/performance.md."""
