//! Comparing a request with what the service stored of it (`paramJson`), before an id is taken for a task's own.
//!
//! The service writes names and defaults in its own way, so spelling is forgiven; what was asked for is not. A field
//! that the record does not hold is not compared; a record without a readable prompt says nothing at all.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// Records longer than this are not read (bytes).
const LONGEST: usize = 256 * 1024;

/// How a record compares with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Everything that can be compared agrees, the prompt among it.
    Same,
    /// These do not.
    Differs(Vec<Difference>),
    /// The record does not say what was asked for.
    Unreadable,
}

/// Something that was asked for otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub field: Field,
    /// In the card's request.
    pub ours: String,
    /// In the service's record.
    pub theirs: String,
}

/// What can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The prompt.
    Prompt,
    /// The model.
    Model,
    /// The ratio.
    Ratio,
    /// The resolution.
    Resolution,
    /// The length.
    Length,
    /// What the images are for.
    Mode,
    /// The seed images.
    Images,
    /// The seed.
    Seed,
    /// The watermark.
    Watermark,
    /// Whether the prompt may be translated.
    Translation,
    /// When it was made: before the request was sent.
    MadeAt,
}

/// A request as far as it can be compared, read once however often it is.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    prompt: Option<String>,
    model: Option<String>,
    ratio: Option<String>,
    resolution: Option<String>,
    duration: Option<String>,
    mode: Option<String>,
    images: Option<Vec<String>>,
    seed: Option<String>,
    watermark: Option<String>,
    translation: Option<bool>,
}

/// Compares the request that was sent (JSON) with the one that the service stored (JSON).
pub fn compare(sent: &str, stored: &str) -> Likeness {
    match (Wish::read(sent), Wish::read(stored)) {
        (Some(ours), Some(theirs)) => ours.compare(&theirs),
        _ => Likeness::Unreadable,
    }
}

impl Wish {
    /// Whether both ask for the same picture in words; the rest may differ.
    pub fn same_prompt(&self, other: &Self) -> bool {
        self.prompt.is_some() && self.prompt == other.prompt
    }

    /// Compares this, which was sent, with what the service stored.
    pub fn compare(&self, stored: &Self) -> Likeness {
        compare_read(self, stored)
    }
}

fn compare_read(ours: &Wish, theirs: &Wish) -> Likeness {
    let (Some(prompt), Some(their_prompt)) = (&ours.prompt, &theirs.prompt) else {
        return Likeness::Unreadable;
    };
    let mut differences = Vec::new();
    let mut differ = |field, ours: &str, theirs: &str| {
        differences.push(Difference {
            field,
            ours: ours.to_owned(),
            theirs: theirs.to_owned(),
        });
    };
    if prompt != their_prompt {
        differ(Field::Prompt, prompt, their_prompt);
    }
    // What was left out went by the service's default; what its record leaves out is not compared.
    let words = [
        (Field::Model, &ours.model, &theirs.model, "veo3_fast"),
        (Field::Ratio, &ours.ratio, &theirs.ratio, "16:9"),
        (Field::Resolution, &ours.resolution, &theirs.resolution, "720p"),
        (Field::Length, &ours.duration, &theirs.duration, "8"),
    ];
    for (field, ours, theirs, default) in words {
        let ours = ours.as_deref().unwrap_or(default);
        let Some(theirs) = theirs.as_deref() else { continue };
        // "Auto" may be stored as what it came to.
        let follows = field == Field::Ratio && [ours, theirs].iter().any(|one| plain(one) == "auto");
        if plain(ours) != plain(theirs) && !follows {
            differ(field, ours, theirs);
        }
    }
    for (field, ours, theirs) in [
        (Field::Mode, &ours.mode, &theirs.mode),
        (Field::Seed, &ours.seed, &theirs.seed),
    ] {
        if let (Some(ours), Some(theirs)) = (ours, theirs)
            && plain(ours) != plain(theirs)
        {
            differ(field, ours, theirs);
        }
    }
    if let Some(theirs) = &theirs.watermark
        && ours.watermark.as_deref().unwrap_or_default() != theirs
    {
        differ(Field::Watermark, ours.watermark.as_deref().unwrap_or_default(), theirs);
    }
    if let (Some(ours), Some(theirs)) = (ours.translation, theirs.translation)
        && ours != theirs
    {
        differ(Field::Translation, &ours.to_string(), &theirs.to_string());
    }
    if let Some(theirs) = &theirs.images {
        let ours = ours.images.clone().unwrap_or_default();
        let same = ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| same_link(one, other));
        if !same {
            differ(Field::Images, &links(&ours), &links(theirs));
        }
    }
    match differences.is_empty() {
        true => Likeness::Same,
        false => Likeness::Differs(differences),
    }
}

impl Wish {
    /// Reads a request, in any spelling that was seen; `None` where it is none.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut value: Value = serde_json::from_str(text).ok()?;
        // Text in text was seen in other fields of these records.
        if let Value::String(inner) = &value {
            value = serde_json::from_str(inner).ok()?;
        }
        let mut wish = Self::default();
        let object = value.as_object()?;
        // The newer form wraps everything but the model.
        let inner = match object.get("input") {
            Some(Value::Object(inner)) => Some(inner.clone()),
            Some(Value::String(text)) => serde_json::from_str(text).ok(),
            _ => None,
        };
        for (name, value) in object.iter().chain(inner.iter().flatten()) {
            wish.take(&plain(name), value);
        }
        Some(wish)
    }

    fn take(&mut self, name: &str, value: &Value) {
        match name {
            "prompt" => self.prompt = words(value),
            "model" => self.model = words(value),
            "aspectratio" | "ratio" => self.ratio = words(value),
            "resolution" => self.resolution = words(value),
            "duration" => self.duration = words(value).map(|text| seconds(&text)),
            "generationtype" => self.mode = words(value),
            "seed" | "seeds" => self.seed = words(value),
            "watermark" => self.watermark = words(value),
            "enabletranslation" => self.translation = yes(value),
            "imageurls" | "imageurl" => self.images = Some(list(value)),
            _ => {}
        }
    }
}

/// Text or a number as text; every run of white space is one space, every character in its composed form.
fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.nfc().collect::<String>(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// `8`, `8s` and `8.0` are eight seconds.
fn seconds(text: &str) -> String {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
    match digits.parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => text.to_owned(),
    }
}

fn yes(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(words).collect(),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(items)) => items.iter().filter_map(words).collect(),
            _ => words(value).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

/// Letters and digits only, in lower case: `veo3_fast` and `VEO3-Fast` are one name.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The same link, or the same file elsewhere: the service may keep a copy, and a signature may be gone.
fn same_link(one: &str, other: &str) -> bool {
    let path = |link: &str| link.split(['?', '#']).next().unwrap_or_default().to_owned();
    let file = |link: &str| path(link).rsplit('/').next().unwrap_or_default().to_owned();
    path(one) == path(other) || (file(one).len() >= 8 && file(one) == file(other))
}

/// Links as they may be shown: no query, which can hold a signature.
fn links(links: &[String]) -> String {
    let shown: Vec<_> = links
        .iter()
        .map(|link| link.split(['?', '#']).next().unwrap_or_default())
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use kie::{AspectRatio, GenerateRequest, GenerationType, Model};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn sent() -> String {
        GenerateRequest {
            prompt: "A fox  in\n snow".into(),
            model: Some(Model::Fast),
            aspect_ratio: Some(AspectRatio::Portrait),
            generation_type: Some(GenerationType::Frames),
            image_urls: vec!["https://up.test/a/seed-0001.png?sign=1".into()],
            watermark: Some("W".into()),
            ..GenerateRequest::default()
        }
        .canonical_json()
    }

    fn stored(change: impl Fn(&mut Value)) -> String {
        let mut value = json!({
            "prompt": "A fox in snow ", "model": "veo3_fast", "aspectRatio": "9:16", "resolution": "720p",
            "duration": 8, "generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO", "enableTranslation": true,
            "enableFallback": false, "imageUrls": ["https://up.test/a/seed-0001.png"], "waterMark": "W", "seeds": 41234,
        });
        change(&mut value);
        value.to_string()
    }

    fn differs(change: impl Fn(&mut Value)) -> Vec<Field> {
        match compare(&sent(), &stored(change)) {
            Likeness::Same => vec![],
            Likeness::Differs(differences) => differences.into_iter().map(|one| one.field).collect(),
            Likeness::Unreadable => panic!("readable"),
        }
    }

    #[test]
    fn spelling_defaults_and_what_the_service_adds_are_forgiven() {
        assert_eq!(compare(&sent(), &stored(|_| ())), Likeness::Same);
        let nested = Value::String(stored(|_| ())).to_string();
        assert_eq!(compare(&sent(), &nested), Likeness::Same);
        let market = json!({"model": "veo3-fast", "input": {
            "prompt": "A fox in snow", "aspect_ratio": "9:16", "duration": "8s", "image_urls": ["https://kept.test/seed-0001.png"],
            "watermark": "W",
        }});
        assert_eq!(compare(&sent(), &market.to_string()), Likeness::Same);
        let bare = json!({"prompt": "A fox in snow"});
        assert_eq!(compare(&sent(), &bare.to_string()), Likeness::Same);
    }

    #[test]
    fn each_thing_that_was_asked_for_otherwise_is_named() {
        for (field, change) in [
            (Field::Prompt, json!({"prompt": "A fox in snow, closer"})),
            (Field::Prompt, json!({"prompt": "a fox in snow"})),
            (Field::Model, json!({"model": "veo3"})),
            (Field::Ratio, json!({"aspectRatio": "16:9"})),
            (Field::Resolution, json!({"resolution": "1080p"})),
            (Field::Length, json!({"duration": 4})),
            (Field::Mode, json!({"generationType": "REFERENCE_2_VIDEO"})),
            (Field::Images, json!({"imageUrls": []})),
            (Field::Images, json!({"imageUrls": ["https://up.test/a/seed-0002.png"]})),
            (Field::Watermark, json!({"waterMark": "X"})),
        ] {
            let changed = differs(|value| {
                for (name, new) in change.as_object().unwrap() {
                    value[name] = new.clone();
                }
            });
            assert_eq!(changed, [field], "{change}");
        }
    }

    #[test]
    fn a_seed_or_translation_that_was_set_must_agree() {
        let mut request = GenerateRequest::new("p");
        request.seeds = Some(11_111);
        request.enable_translation = Some(false);
        let theirs = json!({"prompt": "p", "seeds": 22_222, "enableTranslation": true}).to_string();
        let Likeness::Differs(found) = compare(&request.canonical_json(), &theirs) else {
            panic!("differs")
        };
        let fields: Vec<_> = found.into_iter().map(|one| one.field).collect();
        assert_eq!(fields, [Field::Seed, Field::Translation]);
    }

    #[test]
    fn a_record_that_does_not_say_what_was_asked_for_is_no_match() {
        for nothing in [
            "",
            "null",
            "{}",
            "[1]",
            "\"x\"",
            r#"{"model":"veo3_fast"}"#,
            r#"{"prompt":"  "}"#,
            r#"{"prompt":7.5e}"#,
        ] {
            assert_eq!(compare(&sent(), nothing), Likeness::Unreadable, "{nothing}");
        }
        let endless = format!("{{\"prompt\":\"{}\"}}", "a".repeat(LONGEST));
        assert_eq!(compare(&sent(), &endless), Likeness::Unreadable);
    }

    #[test]
    fn signatures_of_links_are_not_shown() {
        let Likeness::Differs(found) = compare(
            &sent(),
            &stored(|value| value["imageUrls"] = json!(["https://x/other.png?sig=secret"])),
        ) else {
            panic!("differs")
        };
        assert!(!format!("{found:?}").contains("sig"), "{found:?}");
    }

    proptest! {
        #[test]
        fn any_record_is_survived(text in ".{0,300}") {
            let _ = compare(&sent(), &text);
        }

        #[test]
        fn another_prompt_is_never_the_same(one in "[a-zA-Z雨夜 ]{1,40}", other in "[a-zA-Z雨夜 ]{1,40}") {
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            let likeness = compare(&json!({"prompt": one}).to_string(), &json!({"prompt": other}).to_string());
            if squeezed(&one) != squeezed(&other) {
                prop_assert_ne!(likeness, Likeness::Same);
            }
        }
    }
}
