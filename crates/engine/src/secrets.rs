//! Keeps secrets out of what others read: the one way that logs, reports, panics and the terminal go through.
//!
//! Which texts are secret is known below, where keys are held (`kie::ApiKey`); this is the engine's name for it, so
//! that nobody above needs to know the client for that.

use std::io::{self, Write};

pub use kie::{scrub, strike};

/// Passes text on with every known key, and whatever stands behind `Bearer`, struck out. For writers that get whole
/// lines at a time, as those of `tracing` do: a key that is cut by two calls is not seen.
#[derive(Debug)]
pub struct Scrubbing<W>(pub W);

impl<W: Write> Write for Scrubbing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(scrub(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// From now on a panic says its words without secrets, to standard error and to `log`: once, and without a backtrace,
/// which holds no words of ours and would have to be read before it could be trusted.
pub fn scrub_panics(log: impl Fn(&str) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let words = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("?");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("?");
        let line = format!("thread '{name}' panicked at {place}: {}", scrub(words));
        log(&line);
        // Nobody may be listening.
        let _ = writeln!(io::stderr(), "{line}");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_passes_no_key() {
        kie::ApiKey::new("sk-written-4711-zz");
        let mut lines = Scrubbing(Vec::new());
        writeln!(lines, "key sk-written-4711-zz é").unwrap();
        lines.flush().unwrap();
        assert_eq!(String::from_utf8(lines.0).unwrap(), "key …1-zz é\n");
    }
}
