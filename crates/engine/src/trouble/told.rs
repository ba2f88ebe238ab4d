//! A cause that happened: a row of the table with the names, numbers and words of this one time.

use kie::CallError;

use super::Trouble;
use super::row::{Pair, Row, fill, side};
use super::rows::account;

use crate::diagnostics::plain;
use crate::view::TroubleView;
use crate::words::Lang;

/// A row of the table, filled in.
#[derive(Clone, Debug)]
pub struct Told {
    /// The row.
    pub row: &'static Row,
    values: Vec<(&'static str, [String; 2])>,
    cause: Option<[String; 2]>,
    money: Option<Pair>,
    service: Option<String>,
}

impl Told {
    /// What this row says.
    pub fn new(row: &'static Row) -> Self {
        Self {
            row,
            values: Vec::new(),
            cause: None,
            money: None,
            service: None,
        }
    }

    /// What a call to the service that may be repeated ended with, when not with its answer.
    pub fn of_call(error: &CallError) -> Self {
        match error {
            CallError::RefusedAll { why, message, .. } => Trouble::Account {
                why: (*why).into(),
                service: plain(message),
            }
            .told(),
            CallError::Refused { message, .. } => Self::new(&account::ODD_ANSWER).with("answer", plain(message)),
            CallError::TryLater { detail, .. } => Self::new(&account::UNREACHABLE).with("detail", plain(detail)),
        }
    }

    /// Fills a name in, the same in both languages.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        self.with_both(name, value.clone(), value)
    }

    /// Fills a name in, in each language.
    #[must_use]
    pub fn with_both(mut self, name: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.values.push((name, [en.into(), zh.into()]));
        self
    }

    /// With a cause that was put into words when it was found.
    #[must_use]
    pub fn worded(mut self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.cause = Some([en.into(), zh.into()]);
        self
    }

    /// Says this of the money: more is known than the row alone does.
    #[must_use]
    pub fn money(mut self, pair: Pair) -> Self {
        self.money = Some(pair);
        self
    }

    /// With the service's own words, where it gave any.
    #[must_use]
    pub fn service(mut self, words: Option<&str>) -> Self {
        self.service = words
            .map(str::trim)
            .filter(|words| !words.is_empty())
            .map(str::to_owned);
        self
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.row.code
    }

    /// In this language, for a card, an inspector, a banner.
    pub fn view(&self, lang: Lang) -> TroubleView {
        TroubleView {
            code: self.row.code.to_owned(),
            title: self.fill(self.row.title, lang),
            cause: self.cause(lang),
            money: self.fill(self.money.unwrap_or(self.row.money), lang),
            next: self.fill(self.row.next, lang),
            by_itself: self.fill(self.row.by_itself, lang),
            goes_on: self.row.goes_on,
            service: self.service.clone(),
        }
    }

    /// What happened, in this language.
    pub fn cause(&self, lang: Lang) -> String {
        match &self.cause {
            Some([en, zh]) => lang.pick(en, zh).to_owned(),
            None => self.fill(self.row.cause, lang),
        }
    }

    /// What happened and what to do next, as one line.
    pub fn say(&self, lang: Lang) -> String {
        let said = self.view(lang);
        join(lang, [&said.cause, &said.next])
    }

    fn fill(&self, pair: Pair, lang: Lang) -> String {
        let value = |name: &str| {
            let (_, [en, zh]) = self.values.iter().find(|(known, _)| *known == name)?;
            Some(lang.pick(en, zh).to_owned())
        };
        fill(side(pair, lang), value).into_owned()
    }
}

/// Sentences one after the other: Chinese ones stand without a space between them.
pub fn join<'a>(lang: Lang, sentences: impl IntoIterator<Item = &'a String>) -> String {
    let said: Vec<&str> = sentences
        .into_iter()
        .map(String::as_str)
        .filter(|sentence| !sentence.is_empty())
        .collect();
    said.join(lang.pick(" ", ""))
}
