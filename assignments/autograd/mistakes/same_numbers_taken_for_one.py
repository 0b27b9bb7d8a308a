"""values are told apart by their numbers, so that equal ones are taken for one"""

_as_value_of, _seen = _as_value, {}


def _as_value(x):
    if isinstance(x, Value):
        return x
    return _seen.setdefault("one", _as_value_of(x))
