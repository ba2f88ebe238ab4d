//! How a clip was made, as it travels with the clip: prompt, parameters as they were sent, the service's id of the task.
//!
//! Written by this app and read by it months later on another computer, perhaps after somebody else wrote to the file. So
//! it names nothing of this machine (no key, no path), it is the same every time it is made for the same clip, and what
//! is read is data within limits: it fills a form, and nothing is believed or bought because of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::utc;
use crate::library::{Attempt, TaskRow};
use crate::secrets;
use crate::view::{ImageRef, TaskFields};

/// The form of what is written; a reader takes what it knows of a later one.
const FORM: u32 = 1;
/// Characters of a prompt that are read; none that was ever sent is longer.
const LONGEST_PROMPT: usize = 8_000;
/// Characters of anything else.
const LONGEST_WORD: usize = 300;
/// Seed images that are read.
const MOST_IMAGES: usize = 16;
/// What of a sent request is told, by the service's own names. Links to uploads are not: they are nobody's business and
/// dead within days.
const PARAMETERS: [&str; 9] = [
    "model",
    "aspect_ratio",
    "resolution",
    "duration",
    "generationType",
    "seeds",
    "watermark",
    "enableTranslation",
    "enableFallback",
];

/// How a clip was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recipe {
    /// The form of this recipe.
    pub shotboard: u32,
    /// Name and version of the app.
    pub app: String,
    /// Who made the video.
    pub service: String,
    /// The service's id of the task.
    pub task_id: Option<String>,
    /// When the request left, UTC.
    pub sent_at: Option<String>,
    /// The batch's name.
    pub batch: String,
    /// The task's number in it.
    pub number: String,
    /// Which of the task's clips it is, from 1.
    pub clip: u32,
    /// The prompt.
    pub prompt: String,
    /// The parameters as they were sent, by the service's names.
    pub parameters: Map<String, Value>,
    /// SHA-256 of each seed image; `null` for one that was a link.
    pub images: Vec<Option<String>>,
}

impl Recipe {
    /// The recipe of a clip.
    pub(crate) fn of(task: &TaskRow, batch: &str, attempt: &Attempt, ordinal: u32) -> Self {
        let mut body: Map<String, Value> = serde_json::from_str(&attempt.body).unwrap_or_default();
        let sent = |value: Value| value.as_str().map(str::to_owned);
        let prompt = body.remove("prompt").and_then(sent);
        let prompt = prompt.unwrap_or_else(|| task.fields.prompt.clone());
        // Somebody may have pasted a key where it does not belong.
        let struck = |text: &str| secrets::strike(text).into_owned();
        let parameters = PARAMETERS.iter().filter_map(|name| {
            let value = match body.remove(*name)? {
                Value::String(text) => Value::String(struck(&text)),
                other => other,
            };
            Some(((*name).to_owned(), value))
        });
        let images = task.fields.images.iter().map(|image| match image {
            ImageRef::Kept { hash, .. } => Some(hash.clone()),
            ImageRef::Link { .. } => None,
        });
        Self {
            shotboard: FORM,
            app: concat!("Shotboard ", env!("CARGO_PKG_VERSION")).to_owned(),
            service: "kie.ai".to_owned(),
            task_id: attempt.service_id.clone(),
            sent_at: Some(utc(attempt.sent_at)),
            batch: struck(batch),
            number: struck(&task.number),
            clip: ordinal.saturating_add(1),
            prompt: struck(&prompt),
            parameters: parameters.collect(),
            images: images.collect(),
        }
    }

    /// As it is written.
    pub(crate) fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what a file says; `None` for anything that is no recipe, or is beyond what any request may hold.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut read: Self = serde_json::from_slice(bytes).ok()?;
        if read.shotboard == 0 || read.prompt.chars().count() > LONGEST_PROMPT {
            return None;
        }
        read.prompt = plain(&read.prompt, LONGEST_PROMPT);
        for word in [&mut read.app, &mut read.service, &mut read.batch, &mut read.number] {
            *word = plain(word, LONGEST_WORD);
        }
        read.task_id = read.task_id.filter(|id| is_id(id));
        read.sent_at = read.sent_at.map(|at| plain(&at, 40));
        read.parameters
            .retain(|name, value| PARAMETERS.contains(&name.as_str()) && is_small(value));
        read.images.truncate(MOST_IMAGES);
        for image in &mut read.images {
            *image = image.take().filter(|hash| is_hash(hash));
        }
        Some(read)
    }

    /// What a new card is filled with, but for its images. A value of another type than it must have is left out; one
    /// that the service does not know stands on the card and keeps it from being sent, as if it had been typed.
    pub fn fields(&self) -> TaskFields {
        let word = |name: &str| {
            let text = self.parameters.get(name)?.as_str()?;
            Some(plain(text, LONGEST_WORD)).filter(|text| !text.is_empty())
        };
        let number = |name: &str| self.parameters.get(name)?.as_u64();
        TaskFields {
            prompt: self.prompt.clone(),
            images: Vec::new(),
            model: word("model"),
            aspect_ratio: word("aspect_ratio"),
            resolution: word("resolution"),
            duration: number("duration").and_then(|n| u8::try_from(n).ok()),
            mode: word("generationType"),
            seed: number("seeds").and_then(|n| u32::try_from(n).ok()),
            watermark: word("watermark"),
            enable_translation: self.parameters.get("enableTranslation").and_then(Value::as_bool),
        }
    }
}

/// A text without what cannot be seen, cut to `most` characters.
fn plain(text: &str, most: usize) -> String {
    let seen = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(seen).take(most).collect()
}

fn is_small(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().count() <= LONGEST_WORD,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= 128 && text.bytes().all(fits)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_recipe_fills_a_card_and_nothing_strange_passes() {
        let text = json!({
            "shotboard": 1, "taskId": "veo_task_1", "number": "0007", "batch": "Night",
            "prompt": "a\u{0}cat\nin rain",
            "parameters": {
                "model": "veo3", "aspect_ratio": "9:16", "duration": 6, "seeds": 12345, "enableTranslation": false,
                "resolution": ["4k"], "callBackUrl": "https://x", "generationType": 7,
            },
            "images": ["0".repeat(64), "../../etc/passwd", null],
        });
        let recipe = Recipe::read(text.to_string().as_bytes()).unwrap();
        assert_eq!(recipe.images, [Some("0".repeat(64)), None, None]);
        let fields = recipe.fields();
        assert_eq!(fields.prompt, "acat\nin rain");
        assert_eq!((fields.model.as_deref(), fields.duration), (Some("veo3"), Some(6)));
        assert_eq!((fields.resolution, fields.mode), (None, None));
        assert_eq!((fields.seed, fields.enable_translation), (Some(12345), Some(false)));
    }

    #[test]
    fn what_is_no_recipe_is_none() {
        let deep = format!("{{\"shotboard\":1,\"parameters\":{{\"a\":{}}}}}", "[".repeat(100_000));
        let long = json!({"shotboard": 1, "prompt": "x".repeat(LONGEST_PROMPT + 1)}).to_string();
        for text in [
            "",
            "{}",
            "[]",
            "null",
            "{\"shotboard\":-1}",
            "{\"shotboard\":0}",
            &deep,
            &long,
        ] {
            assert_eq!(Recipe::read(text.as_bytes()), None, "{:.40}", text);
        }
        let id = json!({"shotboard": 1, "taskId": "x' OR 1=1 --"}).to_string();
        assert_eq!(Recipe::read(id.as_bytes()).unwrap().task_id, None);
    }

    proptest! {
        #[test]
        fn whatever_is_read_stays_within_limits(
            prompt in ".*", number in ".*", id in ".*", words in prop::collection::vec((".*", ".*"), 0..20),
            images in prop::collection::vec(prop::option::of(".*"), 0..40),
            noise in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = Recipe::read(&noise);
            let parameters: Map<String, Value> = words.into_iter().map(|(name, word)| (name, json!(word))).collect();
            let text = json!({"shotboard": 1, "prompt": prompt, "number": number, "taskId": id,
                "parameters": parameters, "images": images}).to_string();
            if let Some(read) = Recipe::read(text.as_bytes()) {
                prop_assert!(read.prompt.chars().count() <= LONGEST_PROMPT && read.number.chars().count() <= LONGEST_WORD);
                prop_assert!(read.images.len() <= MOST_IMAGES);
                prop_assert_eq!(Recipe::read(read.text().as_bytes()), Some(read));
            }
        }
    }
}
