//! Makes the pictures under `docs/screenshots` anew: every designed screen, small in Chinese and light, and in English and
//! dark; some of them on a wall. `all` makes every screen in every look, for whoever looks them through.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a command for the terminal")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use window::{
    Board, Language,
    scenes::{Look, Tour},
    shrunk,
};

/// The widest window that is looked at.
const WALL: (u32, u32) = (1920, 1080);
/// Scenes that are kept on a wall, too.
const ON_A_WALL: &[&str] = &["import", "running", "list", "review"];

/// What is asked for.
struct Wish {
    folder: PathBuf,
    looks: Vec<Look>,
    tours: Vec<Tour>,
    /// Each scene on a wall, too.
    walls: bool,
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wish = wish(&words);
    fs::create_dir_all(&wish.folder).expect("the folder of the pictures");
    for look in &wish.looks {
        for tour in &wish.tours {
            tour.walk(*look, &mut async |board: &Board, scene: &str| {
                keep(&wish.folder, board, scene, *look).await;
                if !look.grown && (wish.walls || ON_A_WALL.contains(&scene)) {
                    board.resize(WALL.0, WALL.1).await;
                    keep(&wish.folder, board, scene, Look { size: WALL, ..*look }).await;
                    board.resize(look.size.0, look.size.1).await;
                }
            })
            .await;
        }
    }
}

/// Words: tours by name; `all` for every look, or those that `zh`, `en`, `light` and `dark` leave of them; `wordy` for
/// longer words. None: what is kept in the repository.
fn wish(words: &[String]) -> Wish {
    let asked = |word: &str| words.iter().any(|one| one == word);
    let only = |one: &str, other: &str| asked(one) || !asked(other);
    let (all, wordy) = (asked("all"), asked("wordy"));
    let mut looks = Vec::new();
    for (language, wanted) in [
        (Language::Chinese, only("zh", "en")),
        (Language::English, only("en", "zh")),
    ] {
        for (dark, wanted) in [
            (false, wanted && only("light", "dark")),
            (true, wanted && only("dark", "light")),
        ] {
            let kept = dark == (language == Language::English);
            if wanted && (all || kept) {
                looks.push(Look {
                    language,
                    dark,
                    ..Look::SMALL
                });
            }
        }
    }
    if wordy {
        looks = vec![Look::WORDY];
    }
    let named: Vec<Tour> = Tour::ALL.into_iter().filter(|tour| asked(tour.name())).collect();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Wish {
        folder: root.join(if all || wordy {
            "target/screenshots"
        } else {
            "docs/screenshots"
        }),
        looks,
        tours: if named.is_empty() { Tour::ALL.to_vec() } else { named },
        walls: all,
    }
}

async fn keep(folder: &Path, board: &Board, scene: &str, look: Look) {
    board.is_drawn().await;
    board.is_still().await;
    let name = format!("{scene}-{}.png", look.name());
    fs::write(folder.join(&name), shrunk(&board.picture().await)).expect("a picture is written");
    println!("{name}");
    // Whoever makes pictures is told at once what the journeys would find.
    for fault in [board.misfits().await, board.barriers().await].concat() {
        println!("    {fault}");
    }
}
