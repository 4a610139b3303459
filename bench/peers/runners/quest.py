# SPDX-License-Identifier: Apache-2.0
"""QuEST 4 through native/quest.cc (the package pyquest 0.0.1 needs NumPy 1 and holds QuEST 3).

Timed: the calls of its gates in C++, from |0...0> to the last gate.
"""
import pathlib

from runners import native

NAME = "quest"
SETTINGS = {"float": ["gate by gate"], "double": ["gate by gate"]}


def version():
    return (pathlib.Path(native.program("quest-double")).parent / "quest.version").read_text().strip()


def run(path, precision, setting, threads, repeats, indices):
    return native.run([native.program(f"quest-{precision}")], path, threads, repeats, indices)
