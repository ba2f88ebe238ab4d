//! A window with one line of text: what `cargo xtask bench ui` sets the app's own window beside. It is built for that
//! alone, and is no part of the app.

fn main() -> tauri::Result<()> {
    let mut context = tauri::generate_context!("src-tauri/examples/empty/tauri.conf.json");
    // As the app does: its web view keeps its data beside the library.
    let windows = std::mem::take(&mut context.config_mut().app.windows);
    tauri::Builder::default()
        .setup(move |app| {
            for described in &windows {
                let mut window = tauri::WebviewWindowBuilder::from_config(app.handle(), described)?;
                if let Some(directory) = std::env::var_os("SHOTBOARD_DATA_DIR") {
                    window = window.data_directory(std::path::Path::new(&directory).join("webview"));
                }
                window.build()?;
            }
            Ok(())
        })
        .run(context)
}
