# SPDX-License-Identifier: Apache-2.0
"""Installs the other simulators' packages and builds what has no package fit for timing, all outside the tree."""
import pathlib
import subprocess
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
LIGHTNING = "0.45.0"
PACKAGES = ["numpy", "qsimcirq", "qulacs", "qiskit", "qiskit-aer", f"pennylane-lightning=={LIGHTNING}", "cmake>=3.26", "ninja"]
NATIVE = "-O3 -march=native -mprefer-vector-width=512"


def call(*command, **options):
    print("+", *command, flush=True)
    subprocess.run([str(c) for c in command], check=True, **options)


def prepare(options):
    venv, build = options.venv.resolve(), options.build.resolve()
    if not (venv / "bin/python").exists():
        call("python3", "-m", "venv", venv)
    call(venv / "bin/pip", "install", "--quiet", *PACKAGES)
    build.mkdir(parents=True, exist_ok=True)
    lightning(venv / "bin", build, options.jobs)
    if options.quest:
        quest(venv / "bin", build, options.quest.resolve(), options.jobs)


def lightning(tools, build, jobs):
    """The package's own sources with threads in the gate kernels."""
    source = build / f"pennylane_lightning-{LIGHTNING}"
    if not source.exists():
        call(tools / "pip", "download", "--quiet", "--no-deps", "--no-binary", "pennylane-lightning",
             f"pennylane-lightning=={LIGHTNING}", "-d", build)
        with tarfile.open(build / f"{source.name}.tar.gz") as archive:
            archive.extractall(build, filter="data")
    unused = build / "no_catalyst"  # a part that would be downloaded and is not used
    unused.mkdir(exist_ok=True)
    objects = build / "lightning-build"
    call(tools / "cmake", "-S", source, "-B", objects, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={tools / 'ninja'}",
         "-DCMAKE_BUILD_TYPE=Release", "-DENABLE_PYTHON=OFF", "-DPL_BACKEND=lightning_qubit", "-DLQ_ENABLE_KERNEL_OMP=ON",
         "-DENABLE_NATIVE=ON", "-DENABLE_WARNINGS=OFF", "-DENABLE_SCIPY_OPENBLAS=OFF", "-DENABLE_BLAS=OFF",
         f"-DLIGHTNING_CATALYST_SRC_PATH={unused}")
    call(tools / "ninja", "-C", objects, "-j", jobs, "lightning_qubit")
    core = source / "pennylane_lightning/core"
    simulator = core / "simulators/lightning_qubit"
    folders = [*(core / name for name in ("gates", "measurements", "observables", "utils", "simulators/base")),
               *sorted({path.parent for path in simulator.rglob("*.hpp") if "tests" not in path.parts})]
    libraries = sorted((objects / "pennylane_lightning").rglob("*.a"))
    call("g++", *NATIVE.split(), "-std=c++20", "-fopenmp", "-DPL_USE_OMP=1", "-D_ENABLE_PLQUBIT=1", "-DPL_LQ_KERNEL_OMP",
         *(f"-I{folder}" for folder in folders), HERE / "native/lightning.cc", "-o", build / "lightning",
         "-Wl,--start-group", *libraries, "-Wl,--end-group")


def quest(tools, build, source, jobs):
    """One library per precision; std::complex without the checks for infinities, which is faster."""
    for precision, digit in (("float", 1), ("double", 2)):
        objects = build / f"quest-{precision}-build"
        call(tools / "cmake", "-S", source, "-B", objects, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={tools / 'ninja'}",
             "-DCMAKE_BUILD_TYPE=Release", f"-DFLOAT_PRECISION={digit}", "-DENABLE_MULTITHREADING=ON",
             f"-DCMAKE_CXX_FLAGS={NATIVE} -fcx-limited-range", f"-DCMAKE_C_FLAGS={NATIVE}")
        call(tools / "ninja", "-C", objects, "-j", jobs, "QuEST")
        call("g++", "-O2", "-std=c++20", f"-I{objects / 'include'}", f"-I{source}", HERE / "native/quest.cc", "-o",
             build / f"quest-{precision}", f"-L{objects}", "-lQuEST", f"-Wl,-rpath,{objects}")
    commit = subprocess.run(["git", "-C", source, "describe", "--always"], capture_output=True, text=True).stdout.strip()
    version = next((line.split()[-1] for line in (source / "CMakeLists.txt").read_text().splitlines()
                    if line.strip().startswith("VERSION ")), "4")
    (build / "quest.version").write_text(f"{version} {commit}".strip() + "\n")
