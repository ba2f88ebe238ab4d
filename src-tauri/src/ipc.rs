//! How an error crosses to the page: its code in the table of troubles, and its sentences in the user's language.

use engine::Error;
use engine::view::TroubleView;
use engine::words::Lang;
use serde::Serialize;

/// What a command rejects with.
#[derive(Debug, Serialize)]
pub(crate) struct IpcError {
    /// Its code in the table; the page acts on some.
    code: &'static str,
    /// What happened and what to do, as one line.
    message: String,
    /// The same in parts, with the money and with what goes on by itself.
    trouble: Box<TroubleView>,
}

/// What commands return.
pub(crate) type Answer<T> = Result<T, IpcError>;

impl IpcError {
    /// Its sentences.
    pub(crate) fn trouble(&self) -> &TroubleView {
        &self.trouble
    }

    /// An error as the page hears it. What only a developer can mend is in the log as well.
    pub(crate) fn new(error: &Error, lang: Lang) -> Self {
        if matches!(
            error,
            Error::Sqlite(_) | Error::Json(_) | Error::Damaged(_) | Error::UnknownState(_)
        ) {
            tracing::error!(code = error.code(), %error, "a command failed");
        } else {
            // Its sentences may name what is the user's own.
            tracing::info!(target: "trouble", code = error.code(), "told");
        }
        Self {
            code: error.code(),
            message: error.say(lang),
            trouble: Box::new(error.told().view(lang)),
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
        let changed = cross(Error::Changed, Lang::En);
        assert_eq!(changed["code"], "changed");
        assert!(changed["message"].as_str().unwrap().contains("moved on"), "{changed}");
        for part in ["title", "cause", "money", "next", "byItself"] {
            let said = locked["trouble"][part].as_str();
            assert!(said.is_some_and(|said| !said.is_empty()), "{part} in {locked}");
        }
    }
}
