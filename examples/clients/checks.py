"""One line for each check: "ok" and its name, or "FAIL", its name and what differs.

A check is a function that asserts; @check("name") runs it on the spot. finish() ends the program
with status 1 if one failed.
"""

import os
import sys

HTTP = os.environ["HTTP"]  # host:port
GRPC = os.environ["GRPC"]
ROWS = [[0.00632, 18.0, 2.31, 0.0, 0.538, 6.575, 65.2, 4.09, 1.0, 296.0, 15.3, 396.9, 4.98]]
PRICES = {1: 29.1398, 2: 29.92432, 4: 30.00384}  # of ROWS, by version of uci_housing

_failed = 0


def check(name):
    def run(test):
        global _failed
        try:
            test()
        except Exception as e:  # whatever a client throws is the finding
            _failed += 1
            lines = f"{type(e).__name__}: {e}".splitlines()
            print(f"FAIL {name}: {' '.join(line.strip() for line in lines)[:300]}", flush=True)
        else:
            print(f"ok   {name}", flush=True)
        return test

    return run


def equal(actual, expected):
    assert actual == expected, f"{actual!r} (expected: {expected!r})"


def close(actual, expected, tolerance=1e-4):
    actual = [float(value) for value in actual]
    assert len(actual) == len(expected) and all(
        abs(a - e) <= tolerance for a, e in zip(actual, expected)
    ), f"{actual} (expected: {expected})"


def refused(error, text, call):
    """The call fails with such an error, which says so."""
    try:
        call()
    except error as e:
        assert text in str(e), f"{e} (expected: {text})"
    else:
        raise AssertionError(f"it worked (expected: {text})")


def finish():
    sys.exit(1 if _failed else 0)
