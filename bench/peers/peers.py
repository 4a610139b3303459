#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Carillon's state-vector engine beside qsim, Qulacs, Qiskit Aer, PennyLane Lightning and QuEST, on this machine.

    peers.py prepare --venv VENV --build BUILD --quest QUEST_SOURCE    once: packages, and two programs from sources
    VENV/bin/python peers.py check   --build BUILD --ours FOLDER       amplitudes against a NumPy reference
    VENV/bin/python peers.py measure --build BUILD --ours FOLDER --qubits 22 24 26
    VENV/bin/python peers.py report                                    tables and picture again from results.json

FOLDER holds carillon_bench_statevector and carillon_bench_bandwidth (`ninja -C build/release carillon_bench_statevector
carillon_bench_bandwidth` puts them into build/release/bench/peers). VENV, BUILD and the sources are outside the tree.
"""
import argparse
import importlib
import os
import pathlib
import sys
import tempfile

import circuits

HERE = pathlib.Path(__file__).resolve().parent
SIMULATORS = ["carillon", "qsim", "qulacs", "aer", "lightning", "quest"]


def parser():
    result = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = result.add_subparsers(dest="command", required=True)

    prepare = commands.add_parser("prepare", help="install and build the other simulators outside the tree")
    prepare.add_argument("--venv", type=pathlib.Path, required=True)
    prepare.add_argument("--build", type=pathlib.Path, required=True)
    prepare.add_argument("--quest", type=pathlib.Path, help="sources of QuEST 4 (a checkout); without, QuEST is left out")
    prepare.add_argument("--jobs", type=int, default=os.cpu_count())

    for name in ("check", "measure"):
        command = commands.add_parser(name)
        command.add_argument("--build", type=pathlib.Path, required=True)
        command.add_argument("--ours", type=pathlib.Path, required=True, help="folder of our benchmark programs")
        command.add_argument("--simulators", nargs="+", choices=SIMULATORS, default=SIMULATORS)
        command.add_argument("--families", nargs="+", choices=circuits.FAMILIES, default=list(circuits.FAMILIES))
        command.add_argument("--threads", type=int, default=os.cpu_count())
        command.add_argument("--circuits", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "carillon_peers",
                             help="where the OpenQASM files go")
    measure = commands.choices["measure"]
    measure.add_argument("--qubits", type=int, nargs="+", required=True)
    measure.add_argument("--precisions", nargs="+", choices=["float", "double"], default=["float", "double"])
    measure.add_argument("--rounds", type=int, default=5)
    measure.add_argument("--slow", type=float, default=8.0, help="one run is enough for who needs this much longer than the best")
    measure.add_argument("--wait", type=float, default=60.0, help="longest wait for an idle machine before a run, seconds")
    measure.add_argument("--timeout", type=float, default=1800.0, help="longest run, seconds")
    measure.add_argument("--fresh", action="store_true", help="forget earlier results in the output folder")
    for command in (measure, commands.add_parser("report")):
        command.add_argument("--out", type=pathlib.Path, default=HERE, help="folder of results.json, results.md, peers.svg")
    return result


def start_workers(options, log):
    from workers import Worker

    os.environ["CARILLON_PEERS_BUILD"] = str(options.build.resolve())
    os.environ["CARILLON_BENCH_STATEVECTOR"] = str((options.ours / "carillon_bench_statevector").resolve())
    options.bandwidth = options.ours.resolve() / "carillon_bench_bandwidth"
    workers = {name: Worker(name, options.threads, log) for name in options.simulators}
    settings = {name: importlib.import_module(f"runners.{name}").SETTINGS for name in options.simulators}
    return workers, settings


def main():
    options = parser().parse_args()
    if options.command == "prepare":
        import prepare

        prepare.prepare(options)
        return 0
    if options.command == "report":
        import report

        report.write(options.out)
        return 0
    with tempfile.NamedTemporaryFile("w", prefix="carillon_peers_", suffix=".log", delete=False) as log:
        print("what the simulators print goes to", log.name, flush=True)
        workers, settings = start_workers(options, log)
        try:
            if options.command == "check":
                import check

                return 0 if check.check(workers, settings, options.circuits, options.families) else 1
            import measure
            import report

            measure.Study(options, workers, settings).measure()
            report.write(options.out)
            return 0
        finally:
            for worker in workers.values():
                worker.stop()


if __name__ == "__main__":
    sys.exit(main())
