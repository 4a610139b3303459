# SPDX-License-Identifier: Apache-2.0
"""One module per simulator: NAME, SETTINGS[precision] -> list of setting names, version(), and
run(path, precision, setting, threads, repeats, indices) -> Run."""
from typing import NamedTuple


class Run(NamedTuple):
    seconds: list  # gate application only, one per repetition
    amplitudes: list  # at the indices asked for
    note: str = ""
    details: dict = {}  # what the simulator counted, by name


class Unavailable(Exception):
    """The simulator, or this setting of it, cannot run here; the message says why."""
