"""Whether a file lies on a network share, where SQLite's locks may not hold."""

import re
import subprocess
import sys
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afpfs?|9p|ncpfs|coda|afs|ceph|glusterfs|lustre|davfs2?|webdav|ftp|vboxsf|prl_fs"
    r"|fuse\.(sshfs|davfs2?|rclone|glusterfs|gvfsd-fuse|smbnetfs|curlftpfs|s3fs|ceph|vmhgfs-fuse)|macfuse|osxfuse"
)
"""File systems of other computers; those through which a virtual machine sees its host keep no locks either."""

_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def is_network(path: Path) -> bool:
    """Return whether a file or folder lies on a network share; no where the system does not say."""
    path = path.resolve()
    if sys.platform == "win32":
        return is_unc(path) or _is_remote_drive(path)
    try:
        if sys.platform == "darwin":
            # mount is a part of the system; what it says of a share is where it lies and its kind.
            told = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5).stdout
            return lies_on_network(path, mounts_of_mount(told))
        return lies_on_network(path, mounts_of_proc(Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")))
    except (OSError, subprocess.TimeoutExpired):
        return False


def mounts_of_proc(text: str) -> dict[str, str]:
    """Return the kind of file system by folder from the text of ``/proc/self/mounts``, escaped as fstab(5) says."""
    mounts = {}
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            folder = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1])
            mounts[folder] = fields[2]  # of two on one folder the later lies on top
    return mounts


def mounts_of_mount(text: str) -> dict[str, str]:
    """Return the kind of file system by folder from what ``mount`` prints on macOS."""
    lines = (re.fullmatch(r".+? on (/.*) \((\w+)[,)].*", line) for line in text.splitlines())
    return {line[1]: line[2] for line in lines if line}


def lies_on_network(path: PurePath, mounts: dict[str, str]) -> bool:
    """Return whether a whole path lies on a network share, by the innermost folder that is mounted."""
    for folder in (path, *path.parents):
        kind = mounts.get(str(PurePosixPath(folder)))
        if kind is not None and kind != "autofs":  # which stands for what it mounts
            return _NETWORK.fullmatch(kind) is not None
    return False


def is_unc(path: PurePath) -> bool:
    r"""Return whether a path of Windows names another computer, as ``\\server\share\file`` does."""
    drive = PureWindowsPath(path).drive
    return drive.startswith("\\\\") and not re.match(r"\\\\[?.]\\(?!UNC\\)", drive, re.IGNORECASE)


def _is_remote_drive(path: PurePath) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(path.anchor)) == _REMOTE_DRIVE
