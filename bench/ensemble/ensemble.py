#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ensembles over workers: equal results, efficiency on the cores there are, static against dynamic shares.

    ensemble.py CARILLON [--runs N] > results.md

Three loads, each run N times with every number of workers or policy in turn, so that what else the machine does hits all of
them alike. Times are those that `carillon ensemble --json` tells (reading included, the start of the process not). Ideal is
one worker's rate times the cores or the workers, whichever are fewer. Beside medians stand the least times, which are those
of the calmest moments, and processor seconds, which do not see waiting: their ratio tells the work that sharing adds.
"""
import argparse
import json
import os
import pathlib
import platform
import random
import resource
import statistics
import subprocess
import tempfile

CHI_FALSE_FAILURES = 1e-6


def layers(rng, n, depth):
    lines = []
    for d in range(depth):
        lines += [f"u3({rng.random() * 3},{rng.random() * 6},{rng.random() * 6}) q[{q}];" for q in range(n)]
        lines += [f"cx q[{q}],q[{q + 1}];" for q in range(d % 2, n - 1, 2)]
    return lines


def head(n, *registers):
    return ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{n}];", *registers]


def circuit(rng, n, depth):
    return "\n".join(head(n, f"creg c[{n}];") + layers(rng, n, depth) + ["measure q -> c;"]) + "\n"


def dynamic(n, rounds):
    """Measures and resets a qubit between layers, so that nearly every shot goes its own way."""
    rng = random.Random(5)
    lines = head(n, f"creg m[{rounds}];", f"creg c[{n}];")
    for r in range(rounds):
        lines += layers(rng, n, 3) + [f"measure q[{r % n}] -> m[{r}];", f"reset q[{r % n}];"]
    return "\n".join(lines + ["measure q -> c;"]) + "\n"


def few_outcomes():
    """Teleports three times without corrections: 128 outcomes, enough shots in each for a test of their law."""
    rng = random.Random(6)
    lines = head(3, "creg m[6];", "creg c[1];", ) + [f"u3({rng.random() * 3},1,2) q[0];"]
    for turn in range(3):
        lines += ["h q[1];", "cx q[1],q[2];", "cx q[0],q[1];", "h q[0];", f"measure q[0] -> m[{2 * turn}];",
                  f"measure q[1] -> m[{2 * turn + 1}];", "reset q[0];", "reset q[1];", "swap q[0],q[2];"]
    return "\n".join(lines + ["measure q[0] -> c[0];"]) + "\n"


class Runner:
    def __init__(self, carillon, folder):
        self.carillon, self.folder = carillon, folder

    def __call__(self, *arguments):
        """(report, processor seconds, load of the machine before)."""
        load = os.getloadavg()[0]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([self.carillon, "ensemble", *map(str, arguments), "--threads", "1", "--json", "-q"],
                              cwd=self.folder, check=True, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(done.stdout), cpu, load


def counts(report):
    return [entry["counts"] for entry in report["entries"]]


def chi_square(a, b):
    """(statistic, degrees of freedom) of two tables of counts; outcomes that came less than ten times are put together."""
    keys = sorted(set(a) | set(b))
    pairs, rest = [], [0, 0]
    for key in keys:
        x, y = a.get(key, 0), b.get(key, 0)
        if x + y < 10:
            rest[0] += x
            rest[1] += y
        else:
            pairs.append((x, y))
    if sum(rest):
        pairs.append(tuple(rest))
    na, nb = sum(x for x, _ in pairs), sum(y for _, y in pairs)
    ra, rb = (nb / na) ** 0.5, (na / nb) ** 0.5
    return sum((x * ra - y * rb) ** 2 / (x + y) for x, y in pairs), len(pairs) - 1


def chi_limit(freedom, chance):
    """Wilson and Hilferty: the value that chi-square passes with this chance."""
    z = statistics.NormalDist().inv_cdf(1 - chance)
    return freedom * (1 - 2 / (9 * freedom) + z * (2 / (9 * freedom)) ** 0.5) ** 3


def distance(a, b):
    na, nb = sum(a.values()), sum(b.values())
    return sum(abs(a.get(k, 0) / na - b.get(k, 0) / nb) for k in set(a) | set(b)) / 2


def same_law(run, lines):
    one, _, _ = run("few.qasm", "--shots", 10000, "--workers", 1, "--seed", 1)
    ten, _, _ = run("few.qasm", "--shots", 10000, "--workers", 10, "--seed", 1)
    other, _, _ = run("few.qasm", "--shots", 10000, "--workers", 10, "--seed", 2)
    statistic, freedom = chi_square(counts(one)[0], counts(other)[0])
    lines += ["## Equal results", "",
              f"- 10 workers x 1,000 shots, one seed: counts of one worker {'and of ten are equal' if counts(one) == counts(ten) else 'DIFFER from those of ten'}, outcome for outcome.",
              f"- Another seed: chi-square {statistic:.1f} with {freedom} degrees of freedom (limit {chi_limit(freedom, CHI_FALSE_FAILURES):.1f}, passed by "
              f"chance once in {1 / CHI_FALSE_FAILURES:,.0f}), total variation distance {distance(counts(one)[0], counts(other)[0]):.4f}."]
    assert counts(one) == counts(ten) and statistic < chi_limit(freedom, CHI_FALSE_FAILURES)


def timed(run, variants, runs):
    """By variant: seconds, processor seconds, loads, and the last report."""
    result = {name: ([], [], [], []) for name in variants}
    for _ in range(runs):
        for name, arguments in variants.items():
            report, cpu, load = run(*arguments)
            for values, value in zip(result[name], (report["sharing"]["seconds"], cpu, load, report)):
                values.append(value)
    return result


def table(result, base, ideal_workers):
    lines = ["| | median s | least s | processor s | efficiency (median) | efficiency (least) | of the work | load |", "|---|---|---|---|---|---|---|---|"]
    one, one_least, one_cpu = (f(result[base][k]) for f, k in ((statistics.median, 0), (min, 0), (min, 1)))
    for name, (seconds, cpus, loads, _) in result.items():
        ideal = ideal_workers[name]
        lines.append(f"| {name} | {statistics.median(seconds):.3f} | {min(seconds):.3f} | {min(cpus):.3f} | "
                     f"{one / ideal / statistics.median(seconds):.0%} | {one_least / ideal / min(seconds):.0%} | {one_cpu / min(cpus):.0%} | "
                     f"{min(loads):.1f} to {max(loads):.1f} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carillon", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    cores = os.cpu_count()
    workers = sorted({1, cores, 10})
    ideal = {f"{w} worker{'s' if w > 1 else ''}": min(w, cores) for w in workers}
    lines = ["# Ensembles over workers", "", "Written by `bench/ensemble/ensemble.py`; its head says what is timed.", "",
             f"{platform.machine()}, {cores} cores, {platform.system()} {platform.release()}; median of {options.runs} runs in turn.", ""]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rng = random.Random(1)
        (folder / "few.qasm").write_text(few_outcomes())
        (folder / "dynamic.qasm").write_text(dynamic(12, 12))
        for k in range(10000):
            (folder / f"{k}.qasm").write_text(circuit(rng, rng.randint(4, 10), 6))
        (folder / "many.txt").write_text("".join(f"{k}.qasm\n" for k in range(10000)))
        for k in range(64):  # the last quarter costs about a hundred times as much
            (folder / f"u{k}.qasm").write_text(circuit(rng, 18 if k >= 48 else 8, 16))
        (folder / "uneven.txt").write_text("".join(f"u{k}.qasm\n" for k in range(64)))
        run = Runner(str(options.carillon.resolve()), folder)
        same_law(run, lines)

        many = timed(run, {n: ("--list", "many.txt", "--shots", 100, "--seed", 3, "--workers", n.split()[0]) for n in ideal}, options.runs)
        reports = [counts(values[3][-1]) for values in many.values()]
        assert all(r == reports[0] for r in reports)
        rate = 10000 / statistics.median(many[f"{cores} workers"][0])
        lines += ["- 10,000 circuits: the counts of every circuit are the same with every number of workers.", "",
                  "## 10,000 circuits of 4 to 10 qubits, 100 shots each", "", *table(many, "1 worker", ideal), "",
                  f"{rate:,.0f} circuits a second on {cores} workers, parsed, run and sampled.", ""]

        shots = timed(run, {n: ("dynamic.qasm", "--shots", 10000, "--seed", 3, "--workers", n.split()[0]) for n in ideal}, options.runs)
        reports = [counts(values[3][-1]) for values in shots.values()]
        assert all(r == reports[0] for r in reports)
        lines += ["## 10,000 shots of a program of 12 qubits that measures and resets 12 times on its way", "", *table(shots, "1 worker", ideal), ""]

        policies = ("static", "dynamic", "guided", "adaptive")
        uneven = timed(run, {"1 worker": ("--list", "uneven.txt", "--workers", 1)} |
                       {p: ("--list", "uneven.txt", "--workers", cores, "--policy", p) for p in policies}, options.runs)
        lines += [f"## 64 circuits of which the last 16 cost about a hundred times as much, {cores} workers", "",
                  *table(uneven, "1 worker", {"1 worker": 1} | {p: cores for p in policies}), "",
                  "Imbalance (seconds of the busiest worker over their mean): " +
                  ", ".join(f"{p} {statistics.median(r['sharing']['imbalance'] for r in uneven[p][3]):.2f}" for p in policies) + "."]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
