//! Views of the board that somebody kept under a name.

use super::Engine;
use crate::error::Result;
use crate::library::named::{self, VIEWS};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::filter::{SavedView, ViewBody};

impl Engine {
    /// All of them, by name.
    ///
    /// # Errors
    /// The library's.
    pub async fn saved_views(&self) -> Result<Vec<SavedView>> {
        let all = self.core.library.read(|db| named::all(db, VIEWS)).await?;
        let view = |(id, name, body)| SavedView { id, name, body };
        Ok(all.into_iter().map(view).collect())
    }

    /// Keeps one; what had this name is replaced.
    ///
    /// # Errors
    /// No name; the library's.
    pub async fn keep_view(&self, name: &str, body: ViewBody) -> Result<String> {
        let (name, now) = (view_name(name)?, self.core.now());
        self.core
            .library
            .write(move |tx| named::keep(tx, VIEWS, &name, &body, now))
            .await
    }

    /// Gives one another name.
    ///
    /// # Errors
    /// No name; [`crate::Error::NotFound`].
    pub async fn rename_view(&self, id: String, name: &str) -> Result<()> {
        let (name, now) = (view_name(name)?, self.core.now());
        self.core
            .library
            .write(move |tx| named::rename(tx, VIEWS, &id, &name, now))
            .await
    }

    /// Takes one away; [`Engine::restore_view`] puts it back.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn delete_view(&self, id: String) -> Result<()> {
        let now = self.core.now();
        self.core
            .library
            .write(move |tx| named::delete(tx, VIEWS, &id, now))
            .await
    }

    /// Puts one back.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn restore_view(&self, id: String) -> Result<()> {
        self.core.library.write(move |tx| named::restore(tx, VIEWS, &id)).await
    }
}

fn view_name(name: &str) -> Result<String> {
    Ok(named::clean(name).ok_or_else(|| Told::new(&board::VIEW_NAMELESS))?)
}
