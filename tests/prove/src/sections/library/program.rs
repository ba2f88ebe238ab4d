//! The program that is killed, and what it says on its pipe.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

/// A child of this section.
pub(super) struct Program {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it; `crash`: where it ends itself.
    pub(super) fn start(words: &[&str], crash: Option<&str>) -> Self {
        let mut command = crate::child::command("library");
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(point) = crash {
            command.env("SHOTBOARD_CRASH_AT", point);
        }
        let mut child = command.spawn().expect("the child starts");
        let said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, said }
    }

    /// Its next line; `None` when it ended.
    pub(super) async fn line(&mut self) -> Option<String> {
        self.said.next_line().await.ok().flatten()
    }

    /// `kill -9`, and all that it had said before.
    pub(super) async fn kill(mut self) -> Vec<String> {
        self.child.start_kill().expect("it can be killed");
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        let _ = self.child.wait().await;
        rest
    }

    /// Waits for its end: everything it said, and whether it ended as it wanted to. One that takes too long is killed.
    pub(super) async fn end(mut self) -> (Vec<String>, bool) {
        let mut all = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(60), async {
            while let Some(line) = self.line().await {
                all.push(line);
            }
            self.child.wait().await.is_ok_and(|status| status.success())
        });
        let well = ended.await.unwrap_or(false);
        (all, well)
    }
}

/// Says a line at once: it is on the pipe when this returns.
pub(super) fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .expect("somebody listens");
}
