//! The key library. A key comes in once and never goes out again.

use engine::Error;
use engine::keys::stored::Keep;
use engine::trouble::Told;
use engine::view::settings::{KeyTest, SettingsView};
use engine::words::Lang;
use kie::CallError;
use zeroize::Zeroizing;

use super::Open;
use crate::ipc::Answer;
use crate::settings::Settings;
use crate::shop::Shop;
use crate::supply;

/// Adds a key. `keep`: where to, for a computer without a keychain; without it, the answer there is `no-keychain`.
#[tauri::command]
pub(crate) async fn add_key(
    shop: Open<'_>,
    name: String,
    platform: String,
    key: Zeroizing<String>,
    keep: Option<Keep>,
) -> Answer<SettingsView> {
    changed(&shop, move |settings| {
        settings.add_key(&name, &platform, &key, keep).map(drop)
    })
    .await
}

/// Enters a key once more that cannot be opened any longer.
#[tauri::command]
pub(crate) async fn enter_key(
    shop: Open<'_>,
    id: String,
    key: Zeroizing<String>,
    keep: Option<Keep>,
) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.enter_key(&id, &key, keep)).await
}

/// Keeps all keys in another way: sealed with the system's keychain (`null`), or as one can without it.
#[tauri::command]
pub(crate) async fn keep_keys(shop: Open<'_>, keep: Option<Keep>) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.keep_keys(keep)).await
}

/// Asks the system's keychain again for what opens the sealed keys.
#[tauri::command]
pub(crate) async fn ask_keychain(shop: Open<'_>) -> Answer<SettingsView> {
    changed(&shop, |settings| {
        settings.ask_keychain();
        Ok(())
    })
    .await
}

/// Renames a key or changes its platform.
#[tauri::command]
pub(crate) async fn edit_key(shop: Open<'_>, id: String, name: String, platform: String) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.edit_key(&id, &name, &platform)).await
}

/// Takes a key away.
#[tauri::command]
pub(crate) async fn remove_key(shop: Open<'_>, id: String) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.remove_key(&id)).await
}

/// Puts a deleted key back.
#[tauri::command]
pub(crate) async fn restore_key(shop: Open<'_>, id: String) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.restore_key(&id)).await
}

/// Moves a key to the front.
#[tauri::command]
pub(crate) async fn use_key(shop: Open<'_>, id: String) -> Answer<SettingsView> {
    changed(&shop, move |settings| settings.use_key(&id)).await
}

/// Tries a key: asks the service for its balance, which costs nothing.
#[tauri::command]
pub(crate) async fn test_key(shop: Open<'_>, id: String) -> Answer<KeyTest> {
    let tested = async {
        let settings = shop.settings().await?;
        let key = settings.key(&id)?;
        let (client, _) = supply::real_client(&settings.preferences())?;
        Ok(match client.credit(&key).await {
            Ok(balance) => KeyTest {
                ok: true,
                balance: Some(balance),
                problem: None,
            },
            Err(error) => KeyTest {
                ok: false,
                balance: None,
                problem: Some(problem(error, settings.lang())),
            },
        })
    };
    tested.await.map_err(|error: Error| shop.say(&error))
}

/// Changes something and answers with what came of it. The keychain may take long; it is asked where that holds up nobody.
async fn changed(
    shop: &Shop,
    change: impl FnOnce(&Settings) -> Result<(), Error> + Send + 'static,
) -> Answer<SettingsView> {
    let done = async {
        let settings = shop.settings().await?;
        let changing = tokio::task::spawn_blocking(move || {
            change(&settings)?;
            Ok(settings.view())
        });
        changing.await.map_err(|_| Error::Closing)?
    };
    let view = done.await.map_err(|error: Error| shop.say(&error))?;
    // Another key, another account: its balance is asked for at once.
    if let Ok(desk) = shop.desk().await {
        desk.engine.hear_balance();
    }
    Ok(view)
}

/// Why a key could not be tried or does not work, and what to do.
fn problem(error: CallError, lang: Lang) -> String {
    Told::of_call(&error).say(lang)
}
