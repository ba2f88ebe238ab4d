//! A screen in memory for one stage.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// An X server without hardware. It ends when dropped.
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one on a free number: the server picks it and says which, so that several can start at once.
    pub(crate) fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts (`cargo xtask test` installs it)");
        let mut number = String::new();
        let said = server.stdout.take().expect("its standard output was asked for");
        // Returns when the server is ready for clients, or has ended.
        BufReader::new(said)
            .read_line(&mut number)
            .expect("Xvfb says its number");
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb ended before it was ready");
        Self {
            server,
            name: format!(":{number}"),
        }
    }

    /// For the variable `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
