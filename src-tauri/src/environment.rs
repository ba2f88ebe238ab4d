//! The key in the environment is for this process alone: the web view, the player, whatever else is started from here
//! would inherit it, and show it to whoever may look at its process.

use engine::keys::ENVIRONMENT;

/// Takes `KIE_API_KEY` out of the environment and gives what it held. Must run before any thread is there.
pub(crate) fn take_key() -> Option<String> {
    let key = std::env::var(ENVIRONMENT).ok()?;
    #[expect(
        unsafe_code,
        reason = "among the first statements of main: no other thread reads the environment yet"
    )]
    // SAFETY: called in `run` before any thread is started.
    unsafe {
        std::env::remove_var(ENVIRONMENT);
    }
    Some(key)
}
