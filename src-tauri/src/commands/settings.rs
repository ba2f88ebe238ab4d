//! Choices of the user.

use engine::view::settings::{Preferences, SettingsView};

use super::Open;
use crate::ipc::Answer;
use crate::supply;

/// Everything on the settings page.
#[tauri::command]
pub(crate) async fn settings(shop: Open<'_>) -> Answer<SettingsView> {
    let settings = shop.settings().await.map_err(|error| shop.say(&error))?;
    Ok(settings.view())
}

/// Keeps changed choices and lets the open engine take them over.
#[tauri::command]
pub(crate) async fn change_preferences(shop: Open<'_>, preferences: Preferences) -> Answer<SettingsView> {
    let changed = async {
        let settings = shop.settings().await?;
        let before = settings.preferences();
        // Tried before it is kept, so that what is kept always works.
        supply::real_client(&preferences)?;
        // The mode is exchanged as a whole, or not at all.
        let kept = settings.choose(Preferences {
            demo: before.demo,
            ..preferences.clone()
        })?;
        let now = Preferences {
            demo: preferences.demo,
            ..kept
        };
        shop.take_over(&before, &now).await?;
        Ok(settings.view())
    };
    changed.await.map_err(|error| shop.say(&error))
}
