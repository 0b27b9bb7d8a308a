"""The way to Moodle and back: try an import here, fetch submissions, push results.

`checking` needs nothing more; `client`, `fetching` and `pushing` need httpx, an extra.
"""
