//! The icon beside the clock: show, pause or go on, quit. There only where the desktop has a place for it; on Linux that
//! is asked over D-Bus, and no system library is needed.

use engine::words::Lang;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

use super::words;

const SHOW: &str = "show";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";

/// The icon and what its menu says now.
pub(super) struct Tray {
    show: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    /// What was last said: buying, whether there is anything to pause, the language.
    said: Option<(bool, bool, Lang)>,
    _icon: TrayIcon<Wry>,
}

/// What was chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Show,
    Pause,
    Quit,
}

impl Tray {
    /// Puts it there; must be called on the window's thread.
    ///
    /// # Errors
    /// This desktop has no place for it.
    pub(super) fn new(
        app: &AppHandle,
        lang: Lang,
        chosen: impl Fn(&AppHandle, Chosen) + Clone + Send + Sync + 'static,
    ) -> tauri::Result<Self> {
        let words = words::tray(true, lang);
        let show = MenuItem::with_id(app, SHOW, words.show, true, None::<&str>)?;
        let pause = MenuItem::with_id(app, PAUSE, words.pause, false, None::<&str>)?;
        let quit = MenuItem::with_id(app, QUIT, words.quit, true, None::<&str>)?;
        let menu = Menu::with_items(app, &[&show, &pause, &quit])?;
        let clicked = chosen.clone();
        let mut icon = TrayIconBuilder::with_id("shotboard")
            .menu(&menu)
            .tooltip("Shotboard")
            .show_menu_on_left_click(false)
            .on_menu_event(move |app, event| match event.id().as_ref() {
                SHOW => chosen(app, Chosen::Show),
                PAUSE => chosen(app, Chosen::Pause),
                QUIT => chosen(app, Chosen::Quit),
                _ => {}
            })
            .on_tray_icon_event(move |icon, event| {
                if let TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                } = event
                {
                    clicked(icon.app_handle(), Chosen::Show);
                }
            });
        // On Linux the icon's name in lists; elsewhere it would stand beside the clock as text.
        if cfg!(target_os = "linux") {
            icon = icon.title("Shotboard");
        }
        if let Some(image) = app.default_window_icon() {
            icon = icon.icon(image.clone());
        }
        Ok(Self {
            _icon: icon.build(app)?,
            show,
            pause,
            quit,
            said: None,
        })
    }

    /// Brings the menu up to date. `anything`: there is something to pause or to go on with.
    pub(super) fn say(&mut self, buying: bool, anything: bool, lang: Lang) {
        if self.said == Some((buying, anything, lang)) {
            return;
        }
        self.said = Some((buying, anything, lang));
        let words = words::tray(buying, lang);
        let said = self
            .show
            .set_text(words.show)
            .and_then(|()| self.pause.set_text(words.pause))
            .and_then(|()| self.pause.set_enabled(anything))
            .and_then(|()| self.quit.set_text(words.quit));
        if let Err(error) = said {
            tracing::debug!(%error, "the tray could not be brought up to date");
        }
    }
}
