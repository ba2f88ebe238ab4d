//! How an error crosses to the page: a sentence in the user's language, and a code only where the page acts on it.

use engine::Error;
use engine::words::Lang;
use serde::Serialize;

/// What a command rejects with.
#[derive(Debug, Serialize)]
pub(crate) struct IpcError {
    /// What the page acts on: `noKey`, `locked`, `newerLibrary`, `notFound`, `changed`.
    code: Option<&'static str>,
    /// For a person.
    message: String,
}

/// What commands return.
pub(crate) type Answer<T> = Result<T, IpcError>;

impl IpcError {
    /// An error as the page hears it. What only a developer can mend is in the log as well.
    pub(crate) fn new(error: &Error, lang: Lang) -> Self {
        if matches!(
            error,
            Error::Sqlite(_) | Error::Json(_) | Error::Damaged(_) | Error::UnknownState(_)
        ) {
            tracing::error!(%error, "a command failed");
        }
        Self {
            code: error.code(),
            message: error.say(lang),
        }
    }
}

/// Puts an engine's error into words at the end of a command.
pub(crate) trait Say<T> {
    /// In this language.
    fn say(self, lang: Lang) -> Answer<T>;
}

impl<T> Say<T> for Result<T, Error> {
    fn say(self, lang: Lang) -> Answer<T> {
        self.map_err(|error| IpcError::new(&error, lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_as_code_and_message() {
        let cross = |error: Error, lang| serde_json::to_value(IpcError::new(&error, lang)).unwrap();
        let locked = cross(Error::Locked("/somewhere".into()), Lang::Zh);
        assert_eq!(locked["code"], "locked");
        assert!(locked["message"].as_str().unwrap().contains("已经打开"), "{locked}");
        let plain = cross(Error::said("Only told.", "只是告诉你。"), Lang::En);
        assert_eq!(plain, serde_json::json!({"code": null, "message": "Only told."}));
    }
}
