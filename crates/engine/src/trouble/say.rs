//! Which row of the table a trouble is, and what fills it.

use super::row::Row;
use super::rows::{account, buying, library, saving};
use super::{AccountProblem, SavingProblem, Told, Trouble};
use crate::doubt::verdict::Verdict;
use crate::doubt::words::{self, round};
use crate::view::TroubleView;
use crate::words::Lang;

impl Trouble {
    /// This trouble in words.
    pub fn say(&self, lang: Lang) -> TroubleView {
        self.told().view(lang)
    }

    /// Its code in the table.
    pub fn code(&self) -> &'static str {
        self.told().code()
    }

    /// A request that cannot be sent: what was found, kept in both languages.
    pub fn request(told: &Told) -> Self {
        Self::Request {
            en: told.cause(Lang::En),
            zh: told.cause(Lang::Zh),
            code: told.code().to_owned(),
        }
    }

    /// One line for the command line and for `--json`: the cause, what is known of the money where that is in doubt,
    /// and the service's own words.
    pub fn line(&self, lang: Lang) -> String {
        let view = self.say(lang);
        let space = lang.pick(" ", "");
        let mut line = view.cause;
        if matches!(self, Self::LostReply { .. } | Self::Interrupted { .. }) {
            line = line + space + &view.money;
        }
        if let Some(service) = &view.service {
            line = line + space + lang.pick("The service said: ", "服务原话：") + service;
        }
        line
    }

    /// Whether only another request can help: the same one would be turned away again.
    pub fn wants_another_request(&self) -> bool {
        match self {
            Self::GenerationFailed { service, .. } => policy(service).is_some(),
            _ => true,
        }
    }

    /// The service's own words, where it gave any.
    pub fn service(&self) -> Option<&str> {
        let text = match self {
            Self::ImageRefused { service, .. }
            | Self::Refused { service, .. }
            | Self::GenerationFailed { service, .. }
            | Self::Forgotten { service }
            | Self::LostReply { service, .. }
            | Self::Repeated { service, .. }
            | Self::Account { service, .. } => service,
            _ => return None,
        };
        Some(text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// The row of the table with what fills it.
    pub fn told(&self) -> Told {
        let told = match self {
            Self::Request { en, zh, code } => {
                let row = super::rows::find(code).unwrap_or(&buying::CANNOT_BE_SENT);
                Told::new(row).worded(en, zh)
            }
            Self::ImageRefused { name, .. } => Told::new(&buying::IMAGE_REFUSED).with("name", name),
            Self::Refused { service, .. } => {
                Told::new(policy(service).map_or(&buying::REQUEST_REFUSED, |[refused, _]| refused))
            }
            Self::GenerationFailed { service, .. } => {
                Told::new(policy(service).map_or(&buying::NOT_GENERATED, |[_, not_made]| not_made))
            }
            Self::Forgotten { .. } => Told::new(&buying::FORGOTTEN),
            Self::LostReply {
                before, after, verdict, ..
            } => unknown(&buying::REPLY_LOST, (*before, *after), *verdict),
            Self::Interrupted {
                before, after, verdict, ..
            } => unknown(&buying::CLOSED_WHILE_SENDING, (*before, *after), *verdict),
            Self::TimedOut { polls } => Told::new(&buying::TIMED_OUT).with("polls", polls),
            Self::Stopped => Told::new(&buying::STOPPED),
            Self::Dismissed => Told::new(&buying::DISMISSED),
            Self::LostTrack { since: ..=0 } => Told::new(&buying::LOST_TRACK_ALL),
            Self::LostTrack { since } => Told::new(&buying::LOST_TRACK).with("since", crate::library::when(*since)),
            Self::LibraryDamaged => {
                Told::new(&library::DAMAGED).with_both("detail", "found while it was in use", "使用中发现")
            }
            Self::RecordUnwritable => Told::new(&library::RECORD_UNWRITABLE),
            Self::Saving { problem } => problem.told(),
            Self::NoKey => Told::new(&account::NO_KEY),
            Self::KeyLocked { name, gone: false } => Told::new(&account::KEY_LOCKED).with("name", name),
            Self::KeyLocked { name, gone: true } => Told::new(&account::KEY_ENTER_AGAIN).with("name", name),
            Self::DayLimit { limit, spent } => Told::new(&account::DAY_LIMIT)
                .with("limit", round(*limit))
                .with("spent", round(*spent)),
            Self::LimitUnpriced { number } => Told::new(&account::LIMIT_UNPRICED).with("number", number),
            Self::Repeated { times, en, zh, .. } => Told::new(&account::REPEATED)
                .with("times", times)
                .with_both("cause", en, zh),
            Self::Account { why, .. } => Told::new(match why {
                AccountProblem::BadKey => &account::BAD_KEY,
                AccountProblem::NoCredits => &account::NO_CREDITS,
                AccountProblem::Edge => &account::EDGE,
                AccountProblem::FeatureOff => &account::FEATURE_OFF,
            }),
        };
        told.service(self.service())
    }
}

impl SavingProblem {
    /// Its code in the table.
    pub fn code(&self) -> &'static str {
        self.told().code()
    }

    /// The row of the table with what fills it.
    pub fn told(&self) -> Told {
        match self {
            Self::LinkExpired { until: None } => Told::new(&saving::LINK_EXPIRED),
            Self::LinkExpired { until: Some(at) } => {
                Told::new(&saving::LINK_EXPIRED_KEPT).with_both("day", day(*at, Lang::En), day(*at, Lang::Zh))
            }
            Self::BadCertificate { detail } => Told::new(&saving::BAD_CERTIFICATE).with("detail", detail),
            Self::Network { detail } => Told::new(&saving::NETWORK).with("detail", detail),
            Self::NotAVideo { found } => Told::new(&saving::NOT_A_VIDEO).with("found", found),
            Self::Broken { en, zh } => Told::new(&saving::BROKEN).with_both("what", en, zh),
            Self::DiskFull { missing: None } => Told::new(&saving::DISK_FULL),
            Self::DiskFull { missing: Some(bytes) } => Told::new(&saving::DISK_SHORT).with("missing", size(*bytes)),
            Self::FolderMissing { path } => Told::new(&saving::FOLDER_MISSING).with("path", path),
            Self::FolderReadOnly { path } => Told::new(&saving::FOLDER_READ_ONLY).with("path", path),
            Self::NoFolder => Told::new(&saving::NO_FOLDER),
            Self::Forbidden { detail } => Told::new(&saving::FORBIDDEN).with("detail", detail),
            Self::TooLarge { bytes } => Told::new(&saving::TOO_LARGE).with("size", size(*bytes)),
            Self::Disk { detail } => Told::new(&saving::DISK).with("detail", detail),
        }
    }
}

/// What the balance lets one say of a request whose outcome is unknown.
fn unknown(row: &'static Row, (before, after): (Option<f64>, Option<f64>), verdict: Option<Verdict>) -> Told {
    let both = before.zip(after);
    let moved = both.is_some_and(|(before, after)| (before - after).abs() >= 0.005);
    let money = match verdict {
        Some(Verdict::LikelyBought) => buying::LIKELY_BOUGHT,
        Some(Verdict::LikelyNotBought) => buying::LIKELY_NOT_BOUGHT,
        Some(Verdict::CannotTell(_)) if moved => buying::CANNOT_TELL_MOVED,
        Some(Verdict::CannotTell(_)) => buying::CANNOT_TELL,
        None if moved => buying::MOVED_SO_FAR,
        None if both.is_some() => buying::STILL_SO_FAR,
        None => return Told::new(row),
    };
    let credits = |credits: Option<f64>| credits.map_or_else(|| "–".to_owned(), round);
    let told = Told::new(row)
        .money(money)
        .with("before", credits(before))
        .with("after", credits(after));
    match verdict {
        Some(Verdict::CannotTell(why)) => {
            let [en, zh] = words::why(why);
            told.with_both("why", en, zh)
        }
        _ => told,
    }
}

/// The texts the service is known to refuse with: the row before anything was accepted, and the one after.
fn policy(service: &str) -> Option<[&'static Row; 2]> {
    let text = service.to_lowercase();
    let has = |part: &str| text.contains(part);
    Some(if has("minor upload") || has("minor") && has("upload") {
        [&buying::REFUSED_MINOR, &buying::NOT_MADE_MINOR]
    } else if has("prominent people") {
        [&buying::REFUSED_PROMINENT, &buying::NOT_MADE_PROMINENT]
    } else if has("unsafe image") {
        [&buying::REFUSED_IMAGE, &buying::NOT_MADE_IMAGE]
    } else if has("fetch the image") || has("image could not be fetched") {
        [&buying::REFUSED_UNFETCHED, &buying::NOT_MADE_UNFETCHED]
    } else if has("only english prompts") {
        [&buying::REFUSED_LANGUAGE, &buying::NOT_MADE_LANGUAGE]
    } else if has("flagged") || has("content polic") || has("violat") {
        [&buying::REFUSED_PROMPT, &buying::NOT_MADE_PROMPT]
    } else if has("generate audio") {
        [&buying::REFUSED_SOUND, &buying::NOT_MADE_SOUND]
    } else {
        return None;
    })
}

/// A day for people: `6 December`, `12月6日`.
fn day(at: i64, lang: Lang) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    local.strftime(lang.pick("%-d %B", "%-m月%-d日")).to_string()
}

/// A size for people: `18.4 MB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests;
