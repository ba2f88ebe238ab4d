//! Where things lie: this repository, and the folder that cargo builds into.
//!
//! Both are found from facts that hold wherever the command is called from, never from the working directory.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The folder that cargo builds into. This program was built there (`target/debug/xtask`), so a changed
/// `CARGO_TARGET_DIR` is known without reading any configuration.
///
/// # Errors
/// The system does not tell a program where it lies.
pub(crate) fn target() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("This program cannot find itself: {error}."))?;
    own.parent()
        .and_then(Path::parent)
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{} does not lie in a target folder.", own.display()))
}

/// A program that cargo built.
///
/// # Errors
/// As [`target`].
pub(crate) fn built(name: &str, release: bool) -> Result<PathBuf, String> {
    let profile = if release { "release" } else { "debug" };
    Ok(target()?
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// The page's sources.
pub(crate) fn page() -> PathBuf {
    root().join("ui")
}
