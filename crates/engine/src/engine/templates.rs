//! Templates and variants: how a person likes to begin, and several tries of one row.

use super::Engine;
use crate::error::Result;
use crate::library::{NewTask, batches, named, tasks};
use crate::trouble::Told;
use crate::trouble::rows::board;
use crate::view::create::{TemplateBody, TemplateView};

impl Engine {
    /// Adds drafts to a batch, each of them so many times: tries of one row, numbered 0007a, 0007b. All or none.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for the batch; the library's.
    pub async fn add_variants(&self, batch: String, new: Vec<NewTask>, variants: u32) -> Result<Vec<String>> {
        if variants < 2 {
            return self.add(batch, new).await;
        }
        let now = self.core.now();
        let ids = self
            .core
            .library
            .write(move |tx| {
                batches::get(tx, &batch)?;
                let mut adder = tasks::Adder::to(tx, &batch)?;
                let mut ids = Vec::new();
                for task in &new {
                    ids.extend(adder.add_variants(task, variants, now)?);
                }
                Ok(ids)
            })
            .await?;
        self.tell(&ids);
        Ok(ids)
    }

    /// All templates, by name.
    ///
    /// # Errors
    /// The library's.
    pub async fn templates(&self) -> Result<Vec<TemplateView>> {
        let all = self.core.library.read(|db| named::all(db, named::TEMPLATES)).await?;
        let view = |(id, name, body)| TemplateView { id, name, body };
        Ok(all.into_iter().map(view).collect())
    }

    /// Keeps a template; one with this name is replaced. Pictures are not kept with it.
    ///
    /// # Errors
    /// No name; the library's.
    pub async fn keep_template(&self, name: &str, mut body: TemplateBody) -> Result<String> {
        let name = named::clean(name).ok_or_else(|| Told::new(&board::TEMPLATE_NAMELESS))?;
        body.fields.images.clear();
        let now = self.core.now();
        self.core
            .library
            .write(move |tx| named::keep(tx, named::TEMPLATES, &name, &body, now))
            .await
    }

    /// Takes a template away; [`Engine::restore_template`] puts it back.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn delete_template(&self, id: String) -> Result<()> {
        let now = self.core.now();
        self.core
            .library
            .write(move |tx| named::delete(tx, named::TEMPLATES, &id, now))
            .await
    }

    /// Puts a template back.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn restore_template(&self, id: String) -> Result<()> {
        self.core
            .library
            .write(move |tx| named::restore(tx, named::TEMPLATES, &id))
            .await
    }
}
