//! A report to copy: what helps somebody else to find out what went wrong. It is shown first, and sent nowhere.

use engine::diagnostics::{About, Surroundings, report, report_without_library};
use tauri::WebviewWindow;

use super::Open;
use crate::ipc::{Answer, Say as _};
use crate::shop::Shop;

/// The report as text: in general, or about one task. `shown`: what the page was telling when it was asked for.
#[tauri::command]
pub(crate) async fn write_report(
    shop: Open<'_>,
    window: WebviewWindow,
    id: Option<String>,
    with_prompt: bool,
    shown: Option<String>,
) -> Answer<String> {
    let around = surroundings(&shop, &window).await;
    let about = About {
        task: id,
        with_prompt,
        shown,
    };
    match shop.desk().await {
        Ok(desk) => report(&desk.engine, &around, &about, desk.lang).await.say(desk.lang),
        Err(why) => Ok(report_without_library(&around, &about, why.trouble(), shop.lang())),
    }
}

async fn surroundings(shop: &Shop, window: &WebviewWindow) -> Surroundings {
    let kind = if cfg!(debug_assertions) { "debug" } else { "release" };
    let mut facts = vec![("System".to_owned(), system())];
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact(
        "Web view",
        tauri::webview_version().unwrap_or_else(|error| error.to_string()),
    );
    fact("Locale", sys_locale::get_locale().unwrap_or_default());
    if let (Ok(scale), Ok(size)) = (window.scale_factor(), window.inner_size()) {
        fact("Window", format!("{} × {} at {scale}", size.width, size.height));
    }
    let settings = shop.settings().await.ok().map(|settings| settings.view());
    let keys = settings.as_ref().map_or_else(String::new, |view| {
        let source = view.key_in_use.as_ref().map_or("none", |key| key.source.as_str());
        format!("{source} in use, {} in the library", view.keys.len())
    });
    Surroundings {
        version: format!("Shotboard {} ({kind})", env!("CARGO_PKG_VERSION")),
        facts,
        data_dir: shop.data_dir(),
        preferences: settings.map(|view| view.preferences).unwrap_or_default(),
        keys,
    }
}

/// The system by name and version, as far as it says so without being asked through a shell.
pub(crate) fn system() -> String {
    let name = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/etc/os-release").ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(line.trim_matches('"').to_owned())
        })
    } else if cfg!(target_os = "macos") {
        let list = std::fs::read_to_string("/System/Library/CoreServices/SystemVersion.plist");
        list.ok().and_then(|text| {
            let (_, after) = text.split_once("<key>ProductVersion</key>")?;
            let (_, after) = after.split_once("<string>")?;
            Some(format!("macOS {}", after.split_once("</string>")?.0))
        })
    } else {
        None
    };
    let name = name.unwrap_or_else(|| std::env::consts::OS.to_owned());
    format!("{name}, {}", std::env::consts::ARCH)
}
