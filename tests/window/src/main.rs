//! Makes the pictures under `docs/screenshots` anew: every designed screen, in two looks.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a command for the terminal")]

use std::{fs, path::Path};

use window::{
    Board,
    scenes::{Look, every},
};

#[tokio::main]
async fn main() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/screenshots"));
    fs::create_dir_all(folder).expect("the folder of the pictures");
    for look in [Look::SMALL, Look::USUAL] {
        every(look, &mut async |board: &Board, scene: &str| {
            board.is_drawn().await;
            let name = format!("{scene}-{}.png", look.name());
            fs::write(folder.join(&name), board.picture().await).expect("a picture is written");
            println!("{name}");
        })
        .await;
    }
}
