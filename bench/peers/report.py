# SPDX-License-Identifier: Apache-2.0
"""results.json to results.md and peers.svg."""
import json
import math
import pathlib
import statistics

import picture

OURS = "carillon"
TITLES = {"carillon": "Carillon", "qsim": "qsim", "qulacs": "Qulacs", "aer": "Aer", "lightning": "Lightning", "quest": "QuEST"}
WHAT = {
    "qft": "Fourier transform of a basis state, final swaps included", "rcz": "20 layers of Haar U3 and CZ brickwork",
    "rcx": "20 layers of Haar U3 and CX brickwork", "qaoa": "4 layers of RZZ on a random 3-regular graph and RX",
    "ghz": "H and a chain of CX", "grover": "3 iterations, phases by chains of Toffolis into ancillas",
    "volume": "quantum volume, n layers of two-qubit blocks of 3 CX", "adder": "ripple-carry adder on superposed numbers",
}
HEAD = """# State-vector simulators side by side

Written by `bench/peers/peers.py`; numbers in `results.json`. Seconds are medians of the gate application alone on {threads},
every simulator at the setting that was quickest for the circuit in a first run of all its settings, all simulators in
turn. "Best peer / Carillon" above 1 means that Carillon is quicker.

Machine: {machine}. Runs started with {idle:.0%} (median) and at least {idle_least:.0%} of the CPU idle.
Versions: {versions}.

How to run it again (nothing of the others is in this tree):

```
bench/peers/peers.py prepare --venv VENV --build BUILD --quest CHECKOUT_OF_QUEST
ninja -C build/release carillon_bench_statevector carillon_bench_bandwidth
VENV/bin/python bench/peers/peers.py check --build BUILD --ours build/release/bench/peers
VENV/bin/python bench/peers/peers.py measure --build BUILD --ours build/release/bench/peers --qubits 22 24 26
```

What is timed. qsim: its own figure for the loop over fused gates. Qulacs: `update_quantum_state`. Aer: its own figure of the
experiment, less fusing and less the same without gates. Lightning: the gate calls, in C++ over the package's sources built
with threads in the kernels (`threads`), or from Python with the wheel, whose kernels have none (`package`). QuEST: the gate
calls, in C++. Carillon: planning and application; axes still in |0> are left out of passes, and a swap may exchange the
names of axes, through which the amplitudes are then read. No figure contains reading, allocation or the first |0...0>. qsim's
package has no double precision and Qulacs no single precision; they are left out there.

Amplitudes: `check` compares every simulator, setting and precision with a NumPy reference on random inputs; in every measured
cell {indices} amplitudes are compared between simulators, and a setting that differs is not counted. {wrong}

Circuits: {circuits}.
"""


def fixed(seconds):
    return f"{seconds:.3g}" if seconds < 100 else f"{seconds:.0f}"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


def best_peer(cell):
    peers = {name: r["median"] for name, r in cell["results"].items() if name != OURS}
    return min(peers, key=peers.get) if peers else None


def ratio(cell):
    """Best peer's time over ours, or None."""
    peer = best_peer(cell)
    if peer is None or OURS not in cell["results"]:
        return None
    return cell["results"][peer]["median"] / cell["results"][OURS]["median"]


def table(cells):
    names = [name for name in TITLES if any(name in cell["results"] for cell in cells)]
    lines = ["| circuit | gates | " + " | ".join(TITLES[n] for n in names) + " | best peer / Carillon | GB/s before, after |",
             "|" + "---|" * (len(names) + 4)]
    for cell in cells:
        family, qubits, _ = cell["key"]
        entries = []
        for name in names:
            result = cell["results"].get(name)
            entries.append(f"{fixed(result['median'])} ({result['setting']})" if result else "-")
        share = ratio(cell)
        compared = f"**{share:.2f}** ({TITLES[best_peer(cell)]})" if share else "-"
        lines.append(f"| {family}{qubits} | {cell['gates']} | " + " | ".join(entries) +
                     f" | {compared} | {cell['gbs'][0]:.0f}, {cell['gbs'][1]:.0f} |")
    shares = [s for s in map(ratio, cells) if s]
    if shares:
        lines.append(f"| geometric mean |  |{' |' * len(names)} **{geometric_mean(shares):.2f}** |  |")
    return lines


def floor(cell):
    """Seconds that Carillon's passes over memory would take at the better of the two rates probed, every pass over all of
    the state."""
    details = cell["results"][OURS]["details"]
    return details["passes"] * 2 * details["bytes"] / (max(cell["gbs"]) * 1e9)


def own_table(cells):
    """Carillon's runs, and how far they are from the time of their passes over memory."""
    lines = ["| circuit | precision | runs | least | median | most | passes | passes x bandwidth | median / that |",
             "|" + "---|" * 9]
    for cell in cells:
        result = cell["results"].get(OURS)
        if result:
            family, qubits, precision = cell["key"]
            lines.append(f"| {family}{qubits} | {precision} | {result['runs']} | {fixed(result['least'])} | "
                         f"{fixed(result['median'])} | {fixed(result['most'])} | {result['details']['passes']} | "
                         f"{fixed(floor(cell))} | {result['median'] / floor(cell):.2f} |")
    return lines


def groups(cells):
    keys = sorted({(cell["key"][1], cell["key"][2]) for cell in cells}, key=lambda k: (k[1] == "double", k[0]))
    return [(key, [cell for cell in cells if tuple(cell["key"][1:]) == key]) for key in keys]


def head(data):
    idle = [run["idle"] for run in data["runs"]] or [math.nan]
    wrong = data["wrong"]
    told = "None differed." if not wrong else "Differing: " + "; ".join(
        f"{w['name']} {w['setting']} on {w['key'][0]}{w['key'][1]} {w['key'][2]}" for w in wrong) + "."
    families = dict.fromkeys(cell["key"][0] for cell in data["cells"])
    return HEAD.format(threads=f"{data['threads']} threads", machine=data["machine"], idle=statistics.median(idle),
                       idle_least=min(idle), versions=", ".join(f"{TITLES[n]} {v}" for n, v in data["versions"].items()),
                       indices="about 60", wrong=told, circuits="; ".join(f"{f}: {WHAT[f]}" for f in families))


def write(folder):
    folder = pathlib.Path(folder)
    data = json.loads((folder / "results.json").read_text())
    lines = [head(data), "![seconds per simulator](peers.svg)", ""]
    for (qubits, precision), cells in groups(data["cells"]):
        lines += [f"## {qubits} qubits, {precision}", "", *table(cells), ""]
    for precision in ("float", "double"):
        shares = [s for cell in data["cells"] if cell["key"][2] == precision and (s := ratio(cell))]
        if shares:
            lines.append(f"Best peer / Carillon over all {len(shares)} cells in {precision}: geometric mean "
                         f"{geometric_mean(shares):.2f}, least {min(shares):.2f}, most {max(shares):.2f}.\n")
    lines += ["## Carillon's runs", "", *own_table(data["cells"]), ""]
    (folder / "results.md").write_text("\n".join(lines))
    (folder / "peers.svg").write_text(picture.draw(groups(data["cells"]), TITLES, ratio))
