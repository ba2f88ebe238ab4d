//! Seed images: kept by their content, attached, dropped; poster frames.

use std::path::PathBuf;

use engine::library::{KeptImage, NewTask};
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::view::create::{ImagePlan, ImagesPlaced, Placing};
use engine::view::{ImageRef, ImageView, LineProblem, TaskFields};
use engine::words::Lang;
use engine::{Engine, Error};
use serde::Serialize;
use tauri::WebviewWindow;

use super::Open;
use crate::base64;
use crate::dialogs::{self, Wanted};
use crate::drops;
use crate::ipc::{Answer, Say as _};
use crate::places;
use crate::shop::Desk;

/// Images that were kept, and what could not be.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    images: Vec<ImageView>,
    problems: Vec<LineProblem>,
}

/// A card of this library.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Known {
    id: String,
    batch_id: String,
    number: String,
}

/// What came of a drop.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Dropped {
    /// Ids of tasks that were made or changed.
    tasks: Vec<String>,
    /// Where a dropped clip's card is, that was here all along.
    known: Vec<Known>,
    /// Ids of drafts that dropped clips brought back.
    brought: Vec<String>,
    /// Shot lists: each is looked at before it becomes tasks.
    sheets: Vec<PathBuf>,
    problems: Vec<LineProblem>,
    /// Several pictures on the board: kept, and to be asked about.
    images: Vec<ImageView>,
}

/// Lets the user choose images, and keeps them; says of each that cannot be used why.
#[tauri::command]
pub(crate) async fn pick_images(shop: Open<'_>, window: WebviewWindow) -> Answer<Kept> {
    let desk = shop.desk().await?;
    let picked = dialogs::pick(&window, Wanted::Images, None, desk.lang).await;
    let (kept, problems) = keep(&desk, drops::in_order(picked)).await;
    let images = kept.iter().map(Engine::image_view).collect();
    Ok(Kept { images, problems })
}

/// Keeps image files for a form.
#[tauri::command]
pub(crate) async fn keep_images(shop: Open<'_>, paths: Vec<PathBuf>) -> Answer<Kept> {
    let desk = shop.desk().await?;
    let (kept, problems) = keep(&desk, drops::in_order(paths)).await;
    let images = kept.iter().map(Engine::image_view).collect();
    Ok(Kept { images, problems })
}

/// Files were dropped: images onto a card are attached; one onto the board makes a task, several are asked about first; a
/// sheet is handed back to be looked at; a saved clip brings its card back.
#[tauri::command]
pub(crate) async fn drop_files(
    shop: Open<'_>,
    paths: Vec<PathBuf>,
    batch_id: Option<String>,
    task_id: Option<String>,
) -> Answer<Dropped> {
    let desk = shop.desk().await?;
    let lang = desk.lang;
    let sorted = tokio::task::spawn_blocking(move || drops::sort(paths, lang)).await;
    let sorted = sorted.map_err(|_| shop.say(&Error::Closing))?;
    let mut dropped = Dropped {
        problems: sorted.problems,
        ..Dropped::default()
    };
    let (kept, problems) = keep(&desk, drops::in_order(sorted.images)).await;
    dropped.problems.extend(problems);
    if task_id.is_none() && kept.len() > 1 {
        dropped.images = kept.iter().map(Engine::image_view).collect();
    } else {
        dropped.tasks = place(&desk, kept, batch_id.clone(), task_id).await.say(lang)?;
    }
    for clip in sorted.clips {
        if let Err(error) = bring_back(&desk, batch_id.clone(), clip, &mut dropped).await {
            dropped.tell(&error, lang);
        }
    }
    dropped.sheets = sorted.sheets;
    Ok(dropped)
}

/// Lets the user choose clips: each brings its card back, as a dropped one does. `None` where they changed their mind.
#[tauri::command]
pub(crate) async fn pick_clips(
    shop: Open<'_>,
    window: WebviewWindow,
    batch_id: Option<String>,
) -> Answer<Option<Dropped>> {
    let desk = shop.desk().await?;
    let from = places::folder(&desk).map(PathBuf::from);
    let picked = dialogs::pick(&window, Wanted::Clips, from, desk.lang).await;
    if picked.is_empty() {
        return Ok(None);
    }
    let mut came = Dropped::default();
    for clip in picked {
        if let Err(error) = bring_back(&desk, batch_id.clone(), clip, &mut came).await {
            came.tell(&error, desk.lang);
        }
    }
    Ok(Some(came))
}

/// A clip leads to its card; where this library has none, to a new draft like it.
async fn bring_back(desk: &Desk, batch_id: Option<String>, clip: PathBuf, dropped: &mut Dropped) -> Result<(), Error> {
    let name = clip.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let recipe = desk.engine.recipe_of(clip.clone()).await?;
    if let Some(id) = desk.engine.card_of(&recipe).await?
        && let Some(card) = desk.engine.cards(vec![id], desk.lang).await?.pop()
    {
        // Its file was moved, and here is where it is now; what is another version of it is only shown.
        let missing = desk.engine.missing_files(vec![card.id.clone()]).await?;
        if !missing.is_empty()
            && let Err(error) = desk.engine.find_clip(card.id.clone(), clip).await
        {
            tracing::info!(%error, "a dropped clip is not taken for the missing file of its card");
        }
        dropped.known.push(Known {
            id: card.id,
            batch_id: card.batch_id,
            number: card.number,
        });
        return Ok(());
    }
    let batch = places::batch(desk, batch_id).await?;
    let brought = desk.engine.bring_back(batch, recipe).await?;
    if brought.images_missing > 0 {
        let told = Told::new(&board::IMAGES_NOT_KEPT).with("name", name);
        dropped.tell(&told.with("count", brought.images_missing).into(), desk.lang);
    }
    dropped.brought.push(brought.id);
    Ok(())
}

impl Dropped {
    fn tell(&mut self, error: &Error, lang: Lang) {
        self.problems.push(LineProblem {
            line: 0,
            text: error.say(lang),
        });
    }
}

/// Where pictures would go: by name, in order. Nothing is changed.
#[tauri::command]
pub(crate) async fn plan_images(shop: Open<'_>, batch_id: Option<String>, images: Vec<ImageRef>) -> Answer<ImagePlan> {
    let desk = shop.desk().await?;
    desk.engine.plan_images(batch_id, images).await.say(desk.lang)
}

/// Puts pictures where the user chose; without a batch, new tasks go into today's.
#[tauri::command]
pub(crate) async fn place_images(
    shop: Open<'_>,
    batch_id: Option<String>,
    images: Vec<ImageRef>,
    how: Placing,
    prompt: String,
    upright: bool,
) -> Answer<ImagesPlaced> {
    let desk = shop.desk().await?;
    let placed = async {
        let batch = if how == Placing::Each {
            Some(places::batch(&desk, batch_id).await?)
        } else {
            batch_id
        };
        desk.engine.place_images(batch, images, how, prompt, upright).await
    };
    placed.await.say(desk.lang)
}

/// Keeps a poster frame that the page drew of a saved clip.
#[tauri::command]
pub(crate) async fn save_poster(shop: Open<'_>, id: String, jpeg_base64: String) -> Answer<()> {
    let desk = shop.desk().await?;
    // Not a JPEG either way; the engine says so.
    let jpeg = base64::decode(&jpeg_base64).unwrap_or_default();
    desk.engine.keep_poster(id, jpeg).await.say(desk.lang)
}

async fn keep(desk: &Desk, paths: Vec<PathBuf>) -> (Vec<KeptImage>, Vec<LineProblem>) {
    let (mut kept, mut problems) = (Vec::new(), Vec::new());
    for result in desk.engine.keep_images(paths).await {
        match result {
            Ok(image) => kept.push(image),
            Err(error) => problems.push(LineProblem {
                line: 0,
                text: error.say(desk.lang),
            }),
        }
    }
    (kept, problems)
}

async fn place(
    desk: &Desk,
    kept: Vec<KeptImage>,
    batch_id: Option<String>,
    task_id: Option<String>,
) -> Result<Vec<String>, Error> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let images = kept.iter().map(ImageRef::from);
    if let Some(task) = task_id {
        desk.engine.attach_images(task.clone(), images.collect()).await?;
        return Ok(vec![task]);
    }
    let new = images.map(|image| NewTask {
        number: None,
        fields: TaskFields {
            images: vec![image],
            ..TaskFields::default()
        },
    });
    let batch = places::batch(desk, batch_id).await?;
    desk.engine.add(batch, new.collect()).await
}
