//! What WebKitGTK needs to be told before it starts.
//!
//! With NVIDIA's driver its DMABUF renderer can leave the window white. Only there, and only where the user said
//! nothing, it is switched off; everywhere else it makes the board quicker and stays on.

/// The variable that switches the renderer off.
const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// There while NVIDIA's own kernel driver is loaded.
const NVIDIA: &str = "/proc/driver/nvidia/version";

/// Must run before any thread is there. Returns what was done, to be logged once there is a log.
pub(crate) fn mend_webkit() -> Option<&'static str> {
    if std::env::var_os(DMABUF).is_some() || !std::path::Path::new(NVIDIA).exists() {
        return None;
    }
    #[expect(
        unsafe_code,
        reason = "the first statement of main: no other thread reads the environment yet"
    )]
    // SAFETY: called first in `run`, before any thread is started.
    unsafe {
        std::env::set_var(DMABUF, "1");
    }
    Some("NVIDIA driver found: WEBKIT_DISABLE_DMABUF_RENDERER=1 was set")
}
