//! A notice of the system's own kind, on a thread of its own: a notification service that does not answer, or is not
//! there, keeps nobody waiting and is no error.

use tauri::AppHandle;

/// Shows it. A click on it brings the window to the front, where the system tells of clicks.
pub(super) fn show(app: AppHandle, title: String, text: String, action: &'static str) {
    let shown = std::thread::Builder::new().name("notice".into()).spawn(move || {
        let mut notice = notify_rust::Notification::new();
        notice.appname("Shotboard").summary(&title).body(&text);
        send(&app, &mut notice, action);
    });
    if let Err(error) = shown {
        tracing::debug!(%error, "no thread for a notice");
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn send(app: &AppHandle, notice: &mut notify_rust::Notification, action: &str) {
    // Waiting keeps the connection: some desktops take a notice down when whoever sent it has gone.
    match notice.icon("shotboard").action("default", action).show() {
        Ok(shown) => shown.wait_for_action(|chosen| {
            if chosen == "default" {
                super::show_window(app);
            }
        }),
        Err(error) => tracing::debug!(%error, "the system shows no notices"),
    }
}

#[cfg(any(windows, target_os = "macos"))]
fn send(_app: &AppHandle, notice: &mut notify_rust::Notification, _action: &str) {
    // Both know an app by its identifier once it is installed; one that is run from its build folder is nobody's.
    #[cfg(windows)]
    if !cfg!(debug_assertions) {
        notice.app_id(engine::settings::IDENTIFIER);
    }
    #[cfg(target_os = "macos")]
    if !cfg!(debug_assertions) {
        let _ = notify_rust::set_application(engine::settings::IDENTIFIER);
    }
    if let Err(error) = notice.show() {
        tracing::debug!(%error, "the system shows no notices");
    }
}
