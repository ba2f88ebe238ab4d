//! The desktop shell: a window, commands and changes over the engine.
//!
//! Thin on purpose: it opens, asks, tells and closes. What a task is, what may be done with it and what it costs is
//! decided in the engine, which knows no window.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod away;
mod base64;
mod calendar;
mod commands;
mod dialogs;
mod drops;
mod environment;
mod feed;
mod ipc;
#[cfg(target_os = "linux")]
mod linux;
mod logs;
mod media;
mod outgoing;
mod places;
mod settings;
mod shop;
mod store;
mod supply;

use std::path::PathBuf;
use std::sync::Arc;

use away::{Away, close_asked, show_window};
use commands::{batches, board, bulk, doubt, files, keys, pictures, queue, review, sheets, tasks, templates};
use shop::Shop;
use tauri::{AppHandle, Manager as _, RunEvent, WebviewWindowBuilder, Window, WindowEvent, Wry};

/// The one window.
const WINDOW: &str = "main";

/// Opens the window and returns when it was closed.
pub fn run() {
    #[cfg(target_os = "linux")]
    let mended = linux::mend_webkit();
    let key = environment::take_key();
    let directory = engine::settings::data_dir(None).ok();
    // Writes what is left when it goes.
    let _log = directory.as_deref().and_then(logs::start);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
    #[cfg(target_os = "linux")]
    if let Some(mended) = mended {
        tracing::info!(mended);
    }
    match app(directory, key) {
        Ok(app) => app.run(on_run),
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
            {
                eprintln!("Shotboard could not open its window: {error}");
            }
            std::process::exit(1);
        }
    }
}

fn app(directory: Option<PathBuf>, key: Option<String>) -> tauri::Result<tauri::App> {
    let mut builder = tauri::Builder::default();
    // A data directory of its own is an instance of its own; the library's lock still guards it.
    if std::env::var_os(engine::settings::DATA_DIR).is_none_or(|named| named.is_empty()) {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| show_window(app)));
    }
    builder
        .plugin(tauri_plugin_store::Builder::default().build())
        .setup(move |app| {
            let opens = store::with_plugin(app.handle().clone());
            let shop = Arc::new(Shop::new(directory.clone(), key.clone(), opens));
            app.manage(Arc::clone(&shop));
            app.manage(doubt::Attaching::default());
            app.manage(review::Exporting::default());
            app.manage(Away::default());
            tauri::async_runtime::spawn(away::watch(app.handle().clone(), Arc::clone(&shop)));
            app.manage(sheets::Drafts::default());
            // Opens while the window does; whoever asks first waits for it.
            tauri::async_runtime::spawn(async move {
                if shop.desk().await.is_err() {
                    tracing::warn!("the library could not be opened; the page will ask again");
                }
            });
            open_window(app.handle(), directory)
        })
        .on_window_event(on_window)
        .invoke_handler(handlers())
        .build(tauri::generate_context!())
}

/// Opens the window that the configuration describes.
fn open_window(app: &AppHandle, directory: Option<PathBuf>) -> Result<(), Box<dyn std::error::Error>> {
    let described = app.config().app.windows.iter().find(|window| window.label == WINDOW);
    let mut window = WebviewWindowBuilder::from_config(app, described.ok_or("no window is described")?)?;
    // Beside the library's own files, not among them, and with the data wherever those are.
    if let Some(directory) = directory {
        window = window.data_directory(directory.join("webview"));
    }
    window.build()?;
    tracing::info!("window opened");
    Ok(())
}

/// Every command; `build.rs` and `capabilities/main.json` name the same.
fn handlers() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        board::boot,
        board::watch_board,
        board::snapshot,
        board::notice_read,
        board::rows,
        board::task_ids,
        board::task,
        board::try_demo,
        board::leave_demo,
        board::log,
        commands::report::write_report,
        commands::history::export_history,
        batches::create_batch,
        batches::rename_batch,
        batches::set_spend_limit,
        batches::set_batch_folder,
        tasks::add_tasks,
        tasks::edit_task,
        tasks::delete_tasks,
        tasks::delete_those,
        tasks::restore_tasks,
        templates::templates,
        templates::keep_template,
        templates::delete_template,
        templates::restore_template,
        pictures::plan_images,
        pictures::place_images,
        bulk::edit_tasks,
        bulk::put_back_tasks,
        commands::views::restore_view,
        commands::views::delete_view,
        commands::views::rename_view,
        commands::views::keep_view,
        commands::views::saved_views,
        commands::many::put_order_back,
        commands::many::move_tasks,
        commands::many::do_with,
        commands::many::that_fit,
        commands::many::fits,
        tasks::cancel_tasks,
        tasks::unqueue_tasks,
        tasks::retry_tasks,
        tasks::save_again,
        tasks::submit_again,
        doubt::attach_task_id,
        doubt::attach_from_log,
        doubt::stop_attaching,
        files::open_site,
        tasks::dismiss,
        tasks::check_now,
        tasks::stop_watching,
        tasks::watch_again,
        queue::look_at_start,
        queue::start,
        queue::pause,
        queue::resume,
        queue::refresh_balance,
        files::pick_folder,
        files::reveal,
        files::open_player,
        files::drag_out,
        pictures::pick_images,
        pictures::keep_images,
        pictures::drop_files,
        pictures::save_poster,
        review::roll,
        review::cards,
        review::mark,
        review::put_marks,
        review::export_preview,
        review::export_picks,
        review::stop_export,
        commands::results::source_sheets,
        commands::results::write_results,
        review::rename_preview,
        review::rename_clips,
        review::undo_rename,
        review::variants,
        review::missing_files,
        review::find_clip,
        pictures::pick_clips,
        sheets::pick_sheet,
        sheets::open_sheet,
        sheets::paste_sheet,
        sheets::choose_sheet,
        sheets::map_column,
        sheets::sheet_rows,
        sheets::edit_sheet,
        sheets::weigh_sheet,
        sheets::take_sheet,
        sheets::close_sheet,
        commands::settings::settings,
        commands::settings::change_preferences,
        keys::add_key,
        keys::enter_key,
        keys::keep_keys,
        keys::ask_keychain,
        keys::edit_key,
        keys::remove_key,
        keys::restore_key,
        keys::use_key,
        keys::test_key,
        commands::away::ask_to_close,
        commands::away::leaving,
        commands::away::answer_leaving,
        commands::away::run_report,
        commands::away::open_folder,
    ]
}

/// Nothing closes by itself: where something runs the user is asked, and the last answer is waited for either way.
fn on_window(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            close_asked(window.app_handle());
        }
        WindowEvent::Focused(focused) => window.state::<Away>().focused(*focused),
        _ => {}
    }
}

fn on_run(app: &AppHandle, event: RunEvent) {
    match event {
        // Quitting by another way than the window: a menu, the session's end.
        RunEvent::ExitRequested { api, code: None, .. } => {
            api.prevent_exit();
            leave(app);
        }
        // A click on the dock brings a window back that was put away.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => show_window(app),
        // Some ways out ask nobody. What is committed is safe; this only hears the last answer.
        RunEvent::Exit => {
            let shop = Arc::clone(&app.state::<Arc<Shop>>());
            tauri::async_runtime::block_on(async move { shop.close().await });
            tracing::info!("closed");
        }
        _ => {}
    }
}

/// The app ends when the request on the wire was answered.
fn leave(app: &AppHandle) {
    let shop = Arc::clone(&app.state::<Arc<Shop>>());
    if shop.is_closing() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        shop.close().await;
        app.exit(0);
    });
}
