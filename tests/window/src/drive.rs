//! A drive so small that it is full.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A file system of its own in memory, for whoever starts the tests: no root is asked for. A process holds it; it is gone
/// when this is dropped.
pub struct SmallDrive {
    holder: Child,
    at: PathBuf,
}

impl SmallDrive {
    /// One with so many megabytes. `None` where the system lets nobody mount anything, not even in a world of their own.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let home = "/tmp";
        // The mount is seen by its holder alone; others come to it through the holder's own view of the root.
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs {home} && mkdir {home}/Videos && echo there && exec sleep 3600"
        );
        let mut holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = String::new();
        let read = BufReader::new(holder.stdout.take()?).read_line(&mut said);
        let at = PathBuf::from(format!("/proc/{}/root{home}/Videos", holder.id()));
        let drive = Self { holder, at };
        (read.is_ok() && said.trim() == "there" && drive.at.is_dir()).then_some(drive)
    }

    /// A folder on it.
    pub fn folder(&self) -> &std::path::Path {
        &self.at
    }
}

impl Drop for SmallDrive {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
