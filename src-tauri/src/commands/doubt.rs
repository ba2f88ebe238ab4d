//! Lost answers: an id that the user brings, a copied log page, and where to look for either.

use std::sync::{Mutex, PoisonError};

use engine::view::doubt::{AdoptionView, AttachView, LookUp};
use tauri::State;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;

use super::Open;
use crate::ipc::{Answer, Say as _};

/// The look-up of a log page that is under way, so that it can be stopped.
#[derive(Default)]
pub(crate) struct Attaching(Mutex<CancellationToken>);

impl Attaching {
    /// A fresh one; another that is still under way ends.
    fn begin(&self) -> CancellationToken {
        let fresh = CancellationToken::new();
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, fresh.clone()).cancel();
        fresh
    }

    fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

/// Gives the service's id for an unknown one, where its record matches; `anyway` after the page asked once more.
#[tauri::command]
pub(crate) async fn attach_task_id(shop: Open<'_>, id: String, service_id: String, anyway: bool) -> Answer<AttachView> {
    let desk = shop.desk().await?;
    let lang = desk.lang;
    desk.engine
        .attach_checked(id, &service_id, anyway, lang)
        .await
        .say(lang)
}

/// Gives every id in a copied text to the card it was bought for.
#[tauri::command]
pub(crate) async fn attach_from_log(
    shop: Open<'_>,
    attaching: State<'_, Attaching>,
    text: String,
    channel: Channel<LookUp>,
) -> Answer<AdoptionView> {
    let desk = shop.desk().await?;
    let stop = attaching.begin();
    let told = move |look_up| {
        let _ = channel.send(look_up);
    };
    desk.engine
        .attach_from_text(&text, desk.lang, told, stop)
        .await
        .say(desk.lang)
}

/// Ends the look-up of a log page; nothing is attached by it.
#[tauri::command]
pub(crate) async fn stop_attaching(attaching: State<'_, Attaching>) -> Answer<()> {
    attaching.stop();
    Ok(())
}
