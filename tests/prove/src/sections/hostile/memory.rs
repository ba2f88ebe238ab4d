//! How much memory this process took at most, as the system counts it.

/// Forgets the peak so far. Only Linux can.
pub(super) fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak since, in MiB; `None` where the system does not tell.
pub(super) fn peak_mib() -> Option<u64> {
    of("VmHWM:")
}

/// What it takes now, in MiB.
pub(super) fn now_mib() -> Option<u64> {
    of("VmRSS:")
}

fn of(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / 1024)
}

/// Growth over what was there before, in MiB.
pub(super) struct Growth(u64);

impl Growth {
    /// From here on.
    pub(super) fn begin() -> Self {
        forget_peak();
        Self(now_mib().unwrap_or(0))
    }

    /// By how much the peak stood above the beginning.
    pub(super) fn mib(&self) -> u64 {
        peak_mib().unwrap_or(0).saturating_sub(self.0)
    }
}
