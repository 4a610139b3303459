# SPDX-License-Identifier: Apache-2.0
"""A real Slurm of one machine, for tests: munge, one slurmctld, and a slurmd for each logical node.

It lives in a folder of its own, listens on this machine only, needs no systemd and no cgroups, and is taken down by the
process ids it started.

    with Cluster(folder, nodes=2) as cluster:
        cluster.run(["srun", "-n", "2", "hostname"])
"""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

DAEMONS = ("munged", "slurmctld", "slurmd")


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def missing():
    """What is not installed of a Slurm."""
    return [name for name in (*DAEMONS, "srun", "sbatch", "salloc", "sinfo") if not program(name)]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Cluster:
    def __init__(self, folder, nodes=2, cpus=4):
        self.folder = pathlib.Path(folder).resolve()
        self.names = [f"n{k + 1}" for k in range(nodes)]
        self.cpus = cpus
        self.processes = []
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf"),
                            "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}

    def configuration(self):
        host, user = socket.gethostname().split(".")[0], pwd.getpwuid(os.getuid()).pw_name
        control, daemon, *ports = free_ports(2 + len(self.names))
        lines = f"""
            ClusterName=carillon
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={control}
            SlurmdPort={daemon}
            SlurmUser={user}
            SlurmdUser={user}
            AuthType=auth/munge
            AuthInfo=socket={self.folder}/munge.socket
            CredType=cred/munge
            CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
            StateSaveLocation={self.folder}/state
            SlurmdSpoolDir={self.folder}/spool/%n
            SlurmctldPidFile={self.folder}/slurmctld.pid
            SlurmdPidFile={self.folder}/slurmd-%n.pid
            SlurmctldLogFile={self.folder}/slurmctld.log
            SlurmdLogFile={self.folder}/slurmd-%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
            MpiDefault=none
            SwitchType=switch/none
            ReturnToService=2
            MailProg=/bin/true
            KillWait=2
            SlurmdParameters=config_overrides
            InactiveLimit=0"""
        for name, port in zip(self.names, ports):
            lines += (f"\nNodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={self.cpus} Boards=1 "
                      f"SocketsPerBoard=1 CoresPerSocket={self.cpus} ThreadsPerCore=1 RealMemory=1000 State=UNKNOWN")
        lines += f"\nPartitionName=all Nodes={','.join(self.names)} Default=YES MaxTime=10 State=UP"
        return "\n".join(line.strip() for line in lines.strip().splitlines()) + "\n"

    def start(self, *command):
        log = open(self.folder / f"{len(self.processes)}-{os.path.basename(command[0])}.out", "wb")
        self.processes.append(subprocess.Popen([program(command[0]), *command[1:]], env=self.environment, stdout=log,
                                               stderr=log, stdin=subprocess.DEVNULL, start_new_session=True))
        log.close()

    def wait_for(self, condition, what):
        for _ in range(300):
            if condition():
                return
            if any(p.poll() is not None for p in self.processes):
                break
            time.sleep(0.1)
        logs = "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in self.folder.glob("*.out"))
        raise RuntimeError(f"{what} did not come up\n{logs}")

    def idle(self):
        shown = subprocess.run(["sinfo", "-h", "-N", "-o", "%t"], env=self.environment, capture_output=True, text=True)
        return shown.stdout.split().count("idle") == len(self.names)

    def __enter__(self):
        key = self.folder / "key" / "key"
        for folder in (key.parent, self.folder / "state", *(self.folder / "spool" / name for name in self.names)):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)  # munge wants its socket reachable, and its key not
        key.parent.chmod(0o700)
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        (self.folder / "slurm.conf").write_text(self.configuration())
        (self.folder / "cgroup.conf").write_text("")
        try:
            self.start("munged", "-F", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                       f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
                       f"--seed-file={key.parent}/seed", "--num-threads=2")
            self.wait_for((self.folder / "munge.socket").exists, "munged")
            self.start("slurmctld", "-D", "-i", "-f", str(self.folder / "slurm.conf"))
            for name in self.names:
                self.start("slurmd", "-D", "-f", str(self.folder / "slurm.conf"), "-N", name)
            self.wait_for(self.idle, "Slurm")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["scancel", "--user", pwd.getpwuid(os.getuid()).pw_name], env=self.environment, timeout=20,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def run(self, command, timeout=60, **settings):
        return subprocess.run(command, env={**self.environment, **settings}, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, cwd=self.folder)
