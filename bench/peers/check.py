# SPDX-License-Identifier: Apache-2.0
"""Compares every simulator and setting with the NumPy reference on small circuits that start from random states."""
import math

import circuits
import gates
from workers import Failure

TOLERANCE = {"float": 1e-5, "double": 1e-12}  # largest |difference| of amplitudes


def worst_difference(reply, expected):
    return max(abs(complex(*a) - b) for a, b in zip(reply["amplitudes"], expected, strict=True))


def check(workers, settings, folder, families, sizes=(7, 10)):
    """Prints one line per simulator and precision. Returns: whether all agree."""
    good = True
    worst, failures = {}, []
    for family in families:
        for qubits in sizes:
            path = circuits.write(folder, family, qubits, scrambled=True)
            expected = gates.reference(*gates.read(path))
            for name, worker in workers.items():
                for precision, choices in settings[name].items():
                    for setting in choices:
                        try:
                            reply = worker.run(path, precision, setting, range(1 << qubits))
                        except Failure as failure:
                            failures.append(f"{name} {precision} {setting} {family}{qubits}: {failure}")
                            continue
                        difference = worst_difference(reply, expected)
                        worst[name, precision] = max(worst.get((name, precision), 0.0), difference)
                        if not difference <= TOLERANCE[precision] or math.isnan(difference):
                            failures.append(f"{name} {precision} {setting} {family}{qubits}: differs by {difference:.2g}")
    for (name, precision), difference in worst.items():
        print(f"{name:10} {precision:6} largest error {difference:.1e}")
    for failure in failures:
        print("FAILED", failure)
        good = False
    return good
