"""The smallest limit counts, wherever it was set, and says where it was read."""

from __future__ import annotations

import os

import pytest

from seawall.looking.host import look_at_machine

GIB = 1024**3
V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"
V1 = (
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
)


def a_machine(tmp_path, files):
    """Lay out a fake `/proc` and `/sys`; 64 GiB of memory unless the test says otherwise."""
    for name, text in {"proc/meminfo": f"MemTotal: {64 * GIB // 1024} kB\n", **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return look_at_machine(tmp_path, cores=64)


def test_p12_half_a_cpu_and_256_mb_on_a_64_core_host_with_cgroup_v2(tmp_path):
    files = {
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": V2,
        "sys/fs/cgroup/cpu.max": "50000 100000\n",
        "sys/fs/cgroup/memory.max": "268435456\n",
    }
    facts = a_machine(tmp_path, files)

    assert (facts.cpus, facts.cpus_from) == (0.5, "cgroup v2 quota")
    assert (facts.memory, facts.memory_from) == (256 * 1024**2, "cgroup v2 memory.max")


def test_p12_the_same_with_cgroup_v1(tmp_path):
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/\n0::/\n",
        "proc/self/mountinfo": V1,
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "268435456\n",
    }
    facts = a_machine(tmp_path, files)

    assert (facts.cpus, facts.cpus_from) == (0.5, "cgroup v1 quota")
    assert (facts.memory, facts.memory_from) == (256 * 1024**2, "cgroup v1 limit")


def test_p12_no_limit_is_no_limit_in_either_version(tmp_path):
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/x\n0::/x\n",
        "proc/self/mountinfo": V1 + V2.replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified"),
        "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/unified/x/cpu.max": "max 100000\n",
        "sys/fs/cgroup/unified/x/memory.max": "max\n",
    }
    facts = a_machine(tmp_path, files)

    assert (facts.cpus, facts.memory, facts.memory_from) == (64, 64 * GIB, "physical memory")


def test_p12_a_limit_of_a_group_around_ours_counts(tmp_path):
    files = {
        "proc/self/cgroup": "0::/pod/app/worker\n",
        "proc/self/mountinfo": V2,
        "sys/fs/cgroup/pod/cpu.max": "150000 100000\n",
        "sys/fs/cgroup/pod/app/cpu.max": "max 100000\n",
        "sys/fs/cgroup/pod/app/memory.high": str(GIB),
        "sys/fs/cgroup/pod/app/worker/memory.max": str(2 * GIB),
    }
    facts = a_machine(tmp_path, files)

    assert facts.cpus == 1.5
    assert (facts.memory, facts.memory_from) == (GIB, "cgroup v2 memory.high")


@pytest.mark.parametrize("own", ["/docker/abc", "/docker/abc/inner", "/../elsewhere", "/somewhere/else"])
def test_p12_a_container_that_sees_the_hosts_paths_reads_its_own_group(tmp_path, own):
    inner = "inner/" if own.endswith("inner") else ""
    files = {
        "proc/self/cgroup": f"4:memory:{own}\n",
        "proc/self/mountinfo": "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
        f"sys/fs/cgroup/memory/{inner}memory.limit_in_bytes": str(GIB),
    }

    assert a_machine(tmp_path, files).memory == GIB


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"proc/self/cgroup": "nonsense", "proc/self/mountinfo": "nonsense\n- -\n"},
        {"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": V2, "sys/fs/cgroup/cpu.max": "soon\n"},
        {"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": V2, "sys/fs/cgroup/cpu.max": "100 0\n"},
        {"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": V2, "sys/fs/cgroup/memory.max": ""},
    ],
)
def test_what_cannot_be_read_limits_nothing(tmp_path, files):
    facts = a_machine(tmp_path, files)

    assert (facts.cpus, facts.cpus_from.split(",")[0].split(" of")[0], facts.memory) == (64, "64 cores", 64 * GIB)


def test_memory_that_nobody_tells_is_unknown(tmp_path):
    facts = look_at_machine(tmp_path, cores=1)

    assert (facts.memory, facts.memory_from) == (None, "unknown")


def test_p18_the_kernels_cap_on_queues_is_read(tmp_path):
    assert a_machine(tmp_path, {"proc/sys/net/core/somaxconn": "4096\n"}).accept_queue == 4096
    assert a_machine(tmp_path, {"proc/sys/net/core/somaxconn": "x"}).accept_queue == 128


def test_r15_the_descriptor_limit_is_a_number_even_when_there_is_none(tmp_path, monkeypatch):
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, resource.RLIM_INFINITY))
    assert a_machine(tmp_path, {"proc/sys/fs/nr_open": "1048577"}).descriptors == 1048577
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 20_000))
    assert a_machine(tmp_path, {}).descriptors == 20_000


def test_this_machine_can_be_looked_at():
    facts = look_at_machine()

    assert 0 < facts.cpus <= (os.cpu_count() or 1)
    assert facts.memory
    assert facts.descriptors > 0
    assert facts.uid == os.geteuid()


def test_fewer_cores_by_affinity_are_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)

    assert look_at_machine(tmp_path, cores=3).cpus_from == "3 cores of 64, by CPU affinity"
