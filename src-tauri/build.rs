//! Tells Tauri which commands there are, so that a page may call none that is not granted by name, and makes sure that
//! there is a page.

/// Every command of the shell, as `src/lib.rs` registers them and `capabilities/main.json` grants them.
const COMMANDS: &[&str] = &[
    "boot",
    "watch_board",
    "snapshot",
    "notice_read",
    "rows",
    "task_ids",
    "task",
    "try_demo",
    "leave_demo",
    "log",
    "write_report",
    "export_history",
    "create_batch",
    "rename_batch",
    "set_spend_limit",
    "set_batch_folder",
    "add_tasks",
    "edit_task",
    "edit_tasks",
    "put_back_tasks",
    "do_with",
    "that_fit",
    "fits",
    "templates",
    "keep_template",
    "delete_template",
    "restore_template",
    "plan_images",
    "place_images",
    "delete_tasks",
    "delete_those",
    "restore_tasks",
    "cancel_tasks",
    "unqueue_tasks",
    "retry_tasks",
    "save_again",
    "submit_again",
    "attach_task_id",
    "attach_from_log",
    "stop_attaching",
    "open_logs",
    "dismiss",
    "check_now",
    "stop_watching",
    "watch_again",
    "look_at_start",
    "start",
    "pause",
    "resume",
    "refresh_balance",
    "pick_folder",
    "reveal",
    "open_player",
    "pick_images",
    "keep_images",
    "drop_files",
    "save_poster",
    "roll",
    "cards",
    "mark",
    "put_marks",
    "export_preview",
    "export_picks",
    "stop_export",
    "source_sheets",
    "write_results",
    "pick_sheet",
    "open_sheet",
    "paste_sheet",
    "choose_sheet",
    "map_column",
    "sheet_rows",
    "edit_sheet",
    "weigh_sheet",
    "take_sheet",
    "close_sheet",
    "settings",
    "change_preferences",
    "add_key",
    "enter_key",
    "keep_keys",
    "ask_keychain",
    "edit_key",
    "remove_key",
    "restore_key",
    "use_key",
    "test_key",
    "ask_to_close",
    "leaving",
    "answer_leaving",
    "run_report",
    "open_folder",
];

fn main() {
    // The page is embedded: a file added to it is only noticed this way.
    println!("cargo:rerun-if-changed=ui/dist");
    if !std::path::Path::new("ui/dist/index.html").is_file() {
        println!(
            "cargo::error=The board's page is not built (ui/dist/index.html is missing). \
             Run `cargo xtask run`, or `npm ci && npm run build` in ui/."
        );
        return;
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
