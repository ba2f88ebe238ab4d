//! What a row of the table is: one cause under a stable code, and what is said of it in both languages.

use std::borrow::Cow;

use crate::words::Lang;

/// The same words in English and in Chinese.
pub type Pair = [&'static str; 2];

/// One cause. Sentences may hold names in braces that [`super::Told`] fills in.
#[derive(Debug)]
pub struct Row {
    /// Stable for ever: it stands in logs and reports, in `docs/ERRORS.md` and in what the page hears.
    pub code: &'static str,
    /// A short name for a card's head.
    pub title: Pair,
    /// What happened.
    pub cause: Pair,
    /// What happened to the money.
    pub money: Pair,
    /// What a person does next.
    pub next: Pair,
    /// Whether the app goes on by itself; where it does, when, or what it waits for.
    pub by_itself: Pair,
    /// Whether it does.
    pub goes_on: bool,
    /// What may stand in place of the money's sentence where more is known, with when.
    pub also: &'static [Pair],
}

impl Row {
    /// A row after which nothing goes on by itself: its title, cause, money, next, and what the app does meanwhile.
    pub(super) const fn stays(code: &'static str, [title, cause, money, next, by_itself]: [Pair; 5]) -> Self {
        Self {
            code,
            title,
            cause,
            money,
            next,
            by_itself,
            goes_on: false,
            also: &[],
        }
    }

    /// A row after which the app goes on by itself.
    pub(super) const fn goes_on(code: &'static str, sentences: [Pair; 5]) -> Self {
        let mut row = Self::stays(code, sentences);
        row.goes_on = true;
        row
    }

    /// With the other sentences about money that this row may show.
    pub(super) const fn or(mut self, also: &'static [Pair]) -> Self {
        self.also = also;
        self
    }

    /// Title, cause, money, next, by itself, in this order.
    pub fn sentences(&self) -> [Pair; 5] {
        [self.title, self.cause, self.money, self.next, self.by_itself]
    }
}

/// The names in braces of a text, in order.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Fills names in, in one pass: what is filled in is never read again.
pub(super) fn fill<'a>(text: &'a str, value: impl Fn(&str) -> Option<String>) -> Cow<'a, str> {
    if !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let said = value(name);
        debug_assert!(said.is_some(), "nothing stands for {{{name}}} in “{text}”");
        filled.push_str(said.as_deref().unwrap_or("…"));
        rest = behind;
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

/// The one of a pair.
pub(super) const fn side(pair: Pair, lang: Lang) -> &'static str {
    match lang {
        Lang::En => pair[0],
        Lang::Zh => pair[1],
    }
}

/// Makes rows, each a static that the compiler knows, and the list of them.
macro_rules! rows {
    ($($name:ident = $how:ident $code:literal [$($pair:expr),+ $(,)?] $(or $also:expr)?;)+) => {
        $(
            #[doc = concat!("`", $code, "`: ", "a row of the table.")]
            pub static $name: $crate::trouble::row::Row =
                $crate::trouble::row::Row::$how($code, [$($pair),+])$(.or($also))?;
        )+
        /// The rows of this part of the table, in the order in which they are printed.
        pub(super) static ROWS: &[&$crate::trouble::row::Row] = &[$(&$name),+];
    };
}
pub(super) use rows;
