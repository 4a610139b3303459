# SPDX-License-Identifier: Apache-2.0
"""The measurement: choose every simulator's best setting per circuit, then run all in turn, several rounds."""
import json
import statistics
import time

import circuits
import gates
import machine
from workers import Failure

TOLERANCE = {"float": 2e-4, "double": 1e-8}  # of amplitudes, in units of the largest one compared


def one_entry_a_line(data):
    """JSON of a dictionary, the entries of its lists on a line each."""
    lines = []
    for key, value in data.items():
        text = json.dumps(value)
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]"
        lines.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def close(key, amplitudes, expected):
    """Whether amplitudes are the same but for the rounding of their precision."""
    scale = max(abs(a) for a in expected)
    return max(abs(a - b) for a, b in zip(amplitudes, expected, strict=True)) <= TOLERANCE[key[2]] * scale


class Study:
    """Runs cells (circuit, size, precision) and keeps every run in a file, so that a stopped study can go on."""

    def __init__(self, options, workers, settings):
        self.options, self.workers, self.settings = options, workers, settings
        self.path = options.out / "results.json"
        self.data = {"runs": [], "probes": [], "cells": [], "wrong": []}
        if self.path.exists() and not options.fresh:
            self.data = json.loads(self.path.read_text())

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(one_entry_a_line(self.data))

    def describe(self):
        versions = {}
        for name, worker in self.workers.items():
            try:
                versions[name] = worker.ask({"version": True})["version"]
            except Failure as failure:
                versions[name] = f"not run: {failure}"
        self.data["machine"] = machine.describe(self.options.threads)
        self.data["versions"] = versions
        self.data["threads"] = self.options.threads

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
        program = gates.read(path)[1]
        indices = gates.sampled_indices(qubits)
        rates = [self.probe(key)]
        chosen, expected = self.choose(key, path, indices, any(gate.name == "ccx" for gate in program))
        measured = self.rounds(key, path, indices, chosen, expected)
        rates.append(self.probe(key))
        cell = {"key": key, "gates": len(program), "gbs": rates, "results": {}}
        for name, runs in measured.items():
            seconds = [run["seconds"] for run in runs]
            if seconds:
                cell["results"][name] = {"setting": chosen[name][1], "median": statistics.median(seconds), "least": min(seconds),
                                         "most": max(seconds), "runs": len(seconds), "note": runs[-1]["note"],
                                         "details": runs[-1]["details"]}
        self.data["cells"].append(cell)
        print(f"{family}{qubits} {precision} ({rates[0]:.0f}, {rates[1]:.0f} GB/s): " + ", ".join(
            f"{name} {r['median']:.4f} s ({r['setting']})" for name, r in cell["results"].items()), flush=True)

    def rounds(self, key, path, indices, chosen, expected):
        """Runs the chosen settings in turn. Returns: {simulator: its runs}."""
        measured = {name: [] for name in chosen}
        quickest = min((seconds for seconds, _ in chosen.values()), default=0.0)
        order = list(chosen)
        for turn in range(self.options.rounds if order else 0):
            first = turn % len(order)
            for name in order[first:] + order[:first]:
                seconds, setting = chosen[name]
                if turn > 0 and seconds > self.options.slow * quickest:
                    continue  # too far behind for another run to matter
                try:
                    run, amplitudes = self.one(key, path, indices, name, setting, "measured")
                except Failure as failure:
                    print(f"    {key[0]}{key[1]} {key[2]}: {name} {setting}: {failure}", flush=True)
                    continue
                if self.agree(key, name, setting, amplitudes, expected):
                    measured[name].append(run)
        return measured

    def choose(self, key, path, indices, toffolis):
        """One run of every setting worth trying. Returns: ({simulator: (seconds, setting)} of the quickest that are right,
        the amplitudes that most simulators agree on)."""
        tried = []
        for name in self.workers:
            for setting in self.worth_trying(key, name, toffolis):
                try:
                    run, amplitudes = self.one(key, path, indices, name, setting, "chosen")
                except Failure as failure:
                    print(f"    {key[0]}{key[1]} {key[2]}: {name} {setting}: {failure}", flush=True)
                    continue
                tried.append((name, setting, run["seconds"], amplitudes))
        if not tried:
            return {}, []
        expected = max((entry[3] for entry in tried),
                       key=lambda a: len({name for name, _, _, other in tried if close(key, a, other)}))
        best = {}
        for name, setting, seconds, amplitudes in tried:
            if self.agree(key, name, setting, amplitudes, expected) and (name not in best or seconds < best[name][0]):
                best[name] = (seconds, setting)
        return best, expected

    def worth_trying(self, key, name, toffolis):
        """All settings that mean something, without those far behind the simulator's best at the next smaller size that was
        measured."""
        family, qubits, precision = key
        choices = [c for c in self.settings[name].get(precision, []) if toffolis or "ccx" not in c]
        smaller = [r for r in self.data["runs"] if r["phase"] == "chosen" and r["name"] == name
                   and r["key"][0] == family and r["key"][2] == precision and r["key"][1] < qubits]
        if not smaller:
            return choices
        size = max(r["key"][1] for r in smaller)
        seconds = {r["setting"]: r["seconds"] for r in smaller if r["key"][1] == size}
        return [c for c in choices if c in seconds and seconds[c] <= 1.5 * min(seconds.values())]

    def agree(self, key, name, setting, amplitudes, expected):
        if close(key, amplitudes, expected):
            return True
        print(f"    WRONG {key[0]}{key[1]} {key[2]}: {name} {setting}", flush=True)
        entry = {"key": key, "name": name, "setting": setting}
        if entry not in self.data["wrong"]:
            self.data["wrong"].append(entry)
        return False

    def one(self, key, path, indices, name, setting, phase):
        """Returns: (the run as it is kept, its amplitudes)."""
        idle = machine.wait_for_idle(longest=self.options.wait)
        reply = self.workers[name].run(path, key[2], setting, indices, timeout=self.options.timeout)
        run = {"key": key, "name": name, "setting": setting, "phase": phase, "seconds": reply["seconds"][0],
               "idle": round(idle, 3), "note": reply["note"], "details": reply["details"]}
        self.data["runs"].append(run)
        return run, [complex(*a) for a in reply["amplitudes"]]
