"""Looks through tracked files for secrets, machine paths, index options and hosts that nobody allowed.

Without arguments every file under version control; otherwise the files named. The machine's own names (the
folder of the checkout, the home folder, the host name, the hosts of pip's configuration) are found out when
it runs, so that this file need not hold them.
"""

import configparser
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(
    r"\bhttps?://(?:[^\s/@\"'<>]*@)?(\[[0-9a-f:]+\]|[A-Za-z0-9.-]*[A-Za-z0-9])", re.IGNORECASE
)
RESERVED = re.compile(r"(^|\.)(example|example\.(com|org|net)|invalid|localhost|test)$")
PATTERNS = {
    "index option": re.compile(r"--(extra-)?index-url|--find-links|--trusted-host"),
    "private key": re.compile(r"-----BEGIN (\w+ )*PRIVATE KEY-----"),
    "access token": re.compile(
        r"\b(gh[pousr]_\w{30,}|github_pat_\w{30,}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{20,})"
    ),
    "machine path": re.compile(r"(?<![\w.])/(root|home/(?!user\b)\w+|Users/\w+)/"),
}
BINARY = {".png", ".ttf", ".otf", ".mo", ".ico", ".gz"}
# A file that says what it looks for.
SPEAKS_OF_IT = {
    ".ci/tracked_files.py": {"index option", "private key", "access token", "machine path"},
}


def allowed_hosts() -> frozenset[str]:
    """Hosts of allowed_hosts.txt."""
    lines = (ROOT / ".ci/allowed_hosts.txt").read_text("utf-8").split("\n")
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def machine_names() -> frozenset[str]:
    """What only this machine has: the checkout's folder, home folder, host name, hosts of pip's indexes."""
    names = {f"{ROOT}", f"{Path.home()}/", *pip_hosts()}
    host = socket.gethostname()
    if len(host) >= 8:
        names.add(host)
    return frozenset(name for name in names if len(name) > 3)


def pip_hosts() -> Iterator[str]:
    """Hosts and folders that pip's configuration files name as indexes."""
    places = [Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"]
    reader = configparser.RawConfigParser(strict=False)
    reader.read(places)
    for section in reader.sections():
        for option in ("index-url", "extra-index-url", "find-links", "trusted-host"):
            for word in reader.get(section, option, fallback="").split():
                yield from (ADDRESS.findall(word) or [word.removeprefix("file://")])


def files(arguments: list[str]) -> Iterable[Path]:
    """The files named, or all that git tracks."""
    if arguments:
        return [Path(name).absolute() for name in arguments]
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def problems(line: str, hosts: frozenset[str], machine: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What is wrong in one line: kind and the words."""
    for what, pattern in PATTERNS.items():
        if found := pattern.search(line):
            yield what, found.group(0)
    for host in ADDRESS.findall(line):
        if "." in host and host.lower() not in hosts and not RESERVED.search(host.lower()):
            yield "host", host
    for name in machine:
        if name in line and name not in hosts:
            yield "machine path", name


def main(arguments: list[str]) -> int:
    """1 and one line per problem where there is any."""
    hosts, machine, found = allowed_hosts(), machine_names(), 0
    for path in files(arguments):
        if path.suffix in BINARY:
            continue
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").split("\n"), 1):
            for what, words in problems(line, hosts, machine):
                if what not in SPEAKS_OF_IT.get(name, ()):
                    found += 1
                    print(f"{name}:{number}: {what}: {words}")
    print(f"{found} problems in tracked files")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
