"""A real Dovecot on 127.0.0.1 with one mailbox in a folder of its own."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

USER, PASSWORD = "service", "dovecot-secret"
PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_names = count(1)

_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {inside}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(slots=True)
class Server:
    """Where it listens; mails are laid into its folder as a delivery agent does."""

    port: int
    folder: Path
    owner: tuple[int, int]

    def deliver(self, raw: bytes) -> None:
        """Into the mailbox, whole at once."""
        name = f"{int(time.time())}.{next(_names)}.here"
        half = self.folder / "tmp" / name
        half.write_bytes(raw)
        os.chown(half, *self.owner)
        half.rename(self.folder / "new" / name)

    def forget_uids(self) -> None:
        """The mailbox is made anew: other UIDs under another UIDVALIDITY."""
        time.sleep(1.1)  # a UIDVALIDITY is the second it was made in
        for file in self.folder.glob("dovecot*"):
            file.unlink()


@contextmanager
def running() -> Iterator[Server]:
    """Until the block ends; then the processes are gone, and the folder with them."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # paths of sockets must be short
    root = os.geteuid() == 0
    mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    me = getpass.getuser()
    port = _free_port()
    folder = home / "mail"
    for part in ("", "new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        os.chown(folder / part, mail.pw_uid, mail.pw_gid)
    home.chmod(0o711)  # the mailbox's user must be able to pass
    configuration = home / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            home=home, port=port, password=PASSWORD, uid=mail.pw_uid, gid=mail.pw_gid,
            inside="dovecot" if root else me, login="dovenull" if root else me,
            group="dovecot" if root else grp.getgrgid(os.getgid()).gr_name,
        )
    )  # fmt: skip
    process = subprocess.Popen([str(PROGRAM), "-F", "-c", str(configuration)])
    try:
        _await(port, process)
        yield Server(port, folder, (mail.pw_uid, mail.pw_gid))
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("Dovecot did not start")
