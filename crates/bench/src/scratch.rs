//! The benchmark's folder on a real disk. It is removed at the end.

use std::path::{Path, PathBuf};
use std::process::Command;

use app::ports::Ids;

use crate::Failure;
use crate::kept::Kept;

/// A folder that is removed with this value, also if the process is killed.
pub struct Scratch {
    folder: PathBuf,
    filesystem: String,
    _watch: Kept,
}

/// Waits for the end of its input and removes the folder.
const REMOVE: &str = "while read -r _; do :; done; rm -rf \"$1\"";

impl Scratch {
    /// Makes a folder in `place`, or in `/var/tmp`, which survives a restart by convention and so
    /// lies on a disk.
    ///
    /// Errors: there is no such place, or it lies in memory, where a flush costs nothing.
    pub fn make(place: Option<&Path>, ids: &dyn Ids) -> Result<Self, Failure> {
        let place = place.unwrap_or(Path::new("/var/tmp"));
        let filesystem = filesystem(place)?;
        if ["tmpfs", "ramfs"].contains(&filesystem.as_str()) {
            return Err(Failure::Input(format!(
                "{} is in memory ({filesystem}), where a commit costs nothing; give --scratch a \
                 folder on a disk",
                place.display()
            )));
        }
        let name = domain::digest::hex(&ids.random()[..6]);
        let folder = place.join(format!("motcua-bench-{name}"));
        std::fs::create_dir(&folder)
            .map_err(|error| Failure::work(format!("cannot make {}", folder.display()), error))?;
        let watch = Kept::start(REMOVE, &mut Command::new(&folder))?;
        Ok(Self {
            folder,
            filesystem,
            _watch: watch,
        })
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The kind of its filesystem: `ext4`.
    pub fn filesystem(&self) -> &str {
        &self.filesystem
    }
}

/// The kind of the filesystem that holds a folder.
pub fn filesystem(place: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::work(format!("cannot look at {}", place.display()), error);
    let place = place.canonicalize().map_err(unreadable)?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").map_err(unreadable)?;
    Ok(kind_of(&mounts, &place).unwrap_or_else(|| "unknown".to_owned()))
}

/// The kind of the mount nearest above a path.
fn kind_of(mounts: &str, place: &Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            // 36 35 98:0 /root /mount/point rw,noatime shared:1 - ext4 /dev/sda1 rw
            let (before, after) = line.split_once(" - ")?;
            let point = before.split(' ').nth(4)?;
            Some((point, after.split(' ').next()?))
        })
        .filter(|(point, _)| place.starts_with(point))
        // If two mounts share a point, the later one is visible.
        .max_by_key(|(point, _)| point.len())
        .map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_tells_the_filesystem() {
        let mounts = "22 1 254:0 / / rw - ext4 /dev/vda rw\n\
                      25 22 0:22 / /dev rw - devtmpfs none rw\n\
                      31 25 0:26 / /dev/shm rw,nosuid shared:4 - tmpfs tmpfs rw\n";
        for (place, kind) in [
            ("/var/tmp", "ext4"),
            ("/dev/shm/x", "tmpfs"),
            ("/dev/shmx", "devtmpfs"),
        ] {
            assert_eq!(
                kind_of(mounts, Path::new(place)).as_deref(),
                Some(kind),
                "{place}"
            );
        }
    }
}
