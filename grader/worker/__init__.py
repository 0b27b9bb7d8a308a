"""The child process that lives beside the student's code: standard library, NumPy and IPython's
transformer only. It knows no answer. Importable as `grader.worker` and, in a sandbox, as `worker`."""
