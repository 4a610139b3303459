# SPDX-License-Identifier: Apache-2.0
"""The measurement: choose every simulator's best setting per circuit, then run all in turn, several rounds."""
import json
import statistics
import time

import circuits
import gates
import machine
from workers import Failure

OURS = "carillon"
TOLERANCE = {"float": 2e-4, "double": 1e-8}  # of amplitudes, in units of the largest one compared


class Study:
    """Runs cells (circuit, size, precision) and keeps every run in a file, so that a stopped study can go on."""

    def __init__(self, options, workers, settings):
        self.options, self.workers, self.settings = options, workers, settings
        self.path = options.out / "results.json"
        self.data = {"runs": [], "probes": [], "cells": []}
        if self.path.exists() and not options.fresh:
            self.data = json.loads(self.path.read_text())

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.data, indent=0))

    def describe(self):
        versions = {}
        for name, worker in self.workers.items():
            try:
                versions[name] = worker.ask({"version": True})["version"]
            except Failure as failure:
                versions[name] = f"not run: {failure}"
        self.data["machine"] = machine.describe(self.options.threads)
        self.data["versions"] = versions

    def measure(self):
        self.describe()
        for qubits in self.options.qubits:
            for precision in self.options.precisions:
                for family in self.options.families:
                    key = [family, qubits, precision]
                    if any(cell["key"] == key for cell in self.data["cells"]):
                        print(*key, "kept from before", flush=True)
                        continue
                    self.cell(family, qubits, precision)
                    self.save()

    def probe(self, key):
        state = (8 if key[2] == "float" else 16) << key[1]
        rate = machine.bandwidth(self.options.bandwidth, max(state >> 20, 1), self.options.threads)
        self.data["probes"].append({"key": key, "gbs": rate, "time": time.time()})
        return rate

    def cell(self, family, qubits, precision):
        key = [family, qubits, precision]
        path = circuits.write(self.options.circuits, family, qubits)
        indices = gates.sampled_indices(qubits)
        rates = [self.probe(key)]
        chosen = self.choose(key, path, indices)
        seconds = {name: [] for name in chosen}
        quickest = min((s for s, _ in chosen.values()), default=0.0)
        for turn in range(self.options.rounds):
            order = list(chosen)
            for name in order[turn % len(order):] + order[: turn % len(order)] if order else []:
                first, setting = chosen[name]
                if turn > 0 and first > self.options.slow * quickest:
                    continue  # too far behind for another run to matter
                try:
                    seconds[name].append(self.one(key, path, indices, name, setting, "measured"))
                except Failure as failure:
                    print("   ", name, setting, "failed:", failure)
        rates.append(self.probe(key))
        cell = {"key": key, "gates": len(gates.read(path)[1]), "gbs": rates, "results": {}}
        for name, values in seconds.items():
            if values:
                cell["results"][name] = {"setting": chosen[name][1], "median": statistics.median(values), "least": min(values),
                                         "most": max(values), "runs": len(values), "note": self.last_note(key, name)}
        self.data["cells"].append(cell)
        print(f"{family}{qubits} {precision} ({rates[0]:.0f}, {rates[1]:.0f} GB/s): " + ", ".join(
            f"{name} {r['median']:.4f} s ({r['setting']})" for name, r in cell["results"].items()), flush=True)

    def choose(self, key, path, indices):
        """One run of every setting worth trying. Returns: {simulator: (seconds, setting)} of the quickest."""
        best, expected = {}, None
        for name in self.workers:
            for setting in self.worth_trying(key, name):
                try:
                    elapsed = self.one(key, path, indices, name, setting, "chosen")
                except Failure as failure:
                    print(f"    {key[0]}{key[1]} {key[2]}: {name} {setting}: {failure}", flush=True)
                    continue
                amplitudes = self.amplitudes
                expected = expected or (name, amplitudes)
                if not self.agree(key, name, setting, amplitudes, expected):
                    continue
                if name not in best or elapsed < best[name][0]:
                    best[name] = (elapsed, setting)
        return best

    def worth_trying(self, key, name):
        """All settings, but those far behind the simulator's best at the next smaller size that was measured."""
        family, qubits, precision = key
        choices = list(self.settings[name].get(precision, []))
        smaller = [r for r in self.data["runs"] if r["phase"] == "chosen" and r["name"] == name
                   and r["key"][0] == family and r["key"][2] == precision and r["key"][1] < qubits]
        if not smaller:
            return choices
        size = max(r["key"][1] for r in smaller)
        seconds = {r["setting"]: r["seconds"] for r in smaller if r["key"][1] == size}
        return [c for c in choices if c in seconds and seconds[c] <= 1.5 * min(seconds.values())]

    def agree(self, key, name, setting, amplitudes, expected):
        scale = max(abs(a) for a in expected[1])
        difference = max(abs(a - b) for a, b in zip(amplitudes, expected[1], strict=True)) / scale
        if difference <= TOLERANCE[key[2]]:
            return True
        print(f"    WRONG {key}: {name} {setting} differs from {expected[0]} by {difference:.2g} of the largest amplitude")
        self.data.setdefault("wrong", []).append({"key": key, "name": name, "setting": setting, "difference": difference})
        return False

    def one(self, key, path, indices, name, setting, phase):
        idle = machine.wait_for_idle(longest=self.options.wait)
        reply = self.workers[name].run(path, key[2], setting, indices, timeout=self.options.timeout)
        self.amplitudes = [complex(*a) for a in reply["amplitudes"]]
        self.data["runs"].append({"key": key, "name": name, "setting": setting, "phase": phase, "seconds": reply["seconds"][0],
                                  "idle": round(idle, 3), "note": reply["note"]})
        return reply["seconds"][0]

    def last_note(self, key, name):
        return [r["note"] for r in self.data["runs"] if r["key"] == key and r["name"] == name and r["phase"] == "measured"][-1]
