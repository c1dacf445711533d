"""Network shares are told from the disks of this computer."""

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from geo.store import shares

PROC = r"""
proc /proc proc rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /mnt/office nfs4 rw,vers=4.2 0 0
//nas/team /mnt/team\040files cifs rw 0 0
//nas/old /mnt/old smb3 rw 0 0
user@host:/home /home/li/remote fuse.sshfs rw 0 0
host /mnt/host 9p rw 0 0
/dev/sdb1 /mnt/office/usb vfat rw 0 0
/dev/fuse /mnt/usb fuseblk rw 0 0
systemd-1 /net autofs rw 0 0
server:/x /net nfs rw 0 0
"""

MACOS = """
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//li@nas._smb._tcp.local/team on /Volumes/team files (smbfs, nodev, nosuid, mounted by li)
server:/export on /Volumes/office (nfs, asynchronous)
//li@old/x on /Volumes/old (afpfs, nodev)
/dev/disk4s1 on /Volumes/USB (local) (msdos, local, nodev)
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/home/li/p.gpkg", False),
        ("/tmp/p.gpkg", False),
        ("/mnt/office", True),
        ("/mnt/office/a/b/p.gpkg", True),
        ("/mnt/office/usb/p.gpkg", False),
        ("/mnt/officer/p.gpkg", False),
        ("/mnt/team files/p.gpkg", True),
        ("/mnt/old/p.gpkg", True),
        ("/home/li/remote/p.gpkg", True),
        ("/mnt/host/p.gpkg", True),
        ("/mnt/usb/p.gpkg", False),
        ("/net/p.gpkg", True),
    ],
)
def test_a_share_is_known_by_the_folder_it_is_mounted_on(path: str, network: bool) -> None:
    """The innermost mounted folder decides, spaces and look-alike names included."""
    assert shares.lies_on_network(PurePosixPath(path), shares.mounts_of_proc(PROC)) is network


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/Users/li/p.gpkg", False),
        ("/Volumes/team files/p.gpkg", True),
        ("/Volumes/office/p.gpkg", True),
        ("/Volumes/old/p.gpkg", True),
        ("/Volumes/USB (local)/p.gpkg", False),
    ],
)
def test_a_share_is_known_on_macos(path: str, network: bool) -> None:
    """What `mount` prints is read, names with spaces and brackets included."""
    assert shares.lies_on_network(PurePosixPath(path), shares.mounts_of_mount(MACOS)) is network


@pytest.mark.parametrize(
    ("path", "network"),
    [
        (r"\\nas\team\p.gpkg", True),
        (r"\\?\UNC\nas\team\p.gpkg", True),
        (r"\\?\C:\p.gpkg", False),
        (r"\\.\C:\p.gpkg", False),
        (r"C:\p.gpkg", False),
        ("//nas/team/p.gpkg", True),
    ],
)
def test_a_path_of_windows_that_names_a_computer_is_a_share(path: str, network: bool) -> None:
    """Both ways of writing such a path are known, and the long form of a local one is not taken for it."""
    assert shares.is_unc(PureWindowsPath(path)) is network


def test_nonsense_is_no_share() -> None:
    """A system that tells nothing useful gives no warning."""
    assert shares.mounts_of_proc("\n\nx\n") == {}
    assert shares.mounts_of_mount("map auto_home\n") == {}
    assert not shares.lies_on_network(PurePosixPath("/a"), {})


def test_this_computer_s_own_folder_is_asked_without_error(tmp_path: Path) -> None:
    """On this system the question has an answer: by the mounts it lists, the innermost of a folder."""
    answer = shares.is_network(tmp_path)
    if sys.platform == "linux":
        mounts = shares.mounts_of_proc(Path("/proc/self/mounts").read_text("utf-8"))
        assert "/" in mounts
        assert answer is shares.lies_on_network(tmp_path.resolve(), mounts)
