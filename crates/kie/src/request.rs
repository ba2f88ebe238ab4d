//! The body of a paid request: the documented fields, and nothing that was not set.
//!
//! It is read back from stored intents too, so its field names are those of the wire. It checks nothing: what makes
//! sense together is the engine's question, asked before anything is bought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{AspectRatio, GenerationType, Model, Resolution};

/// One wish for a video. Source of the fields: the service's page on `POST /api/v1/veo/generate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateRequest {
    /// What to show; needed in every mode.
    #[serde(default)]
    pub prompt: String,
    /// Public links of seed images, in order: first and last frame, or up to three references.
    #[serde(default, rename = "imageUrls", skip_serializing_if = "Vec::is_empty")]
    pub image_urls: Vec<String>,
    /// The tier; the service takes [`Model::Fast`] when it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The shape of the picture. Written in the newer spelling; the older one is read as well.
    #[serde(default, alias = "aspectRatio", skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// The height of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Length in seconds: 4, 6 or 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u8>,
    /// What the images are for.
    #[serde(default, rename = "generationType", skip_serializing_if = "Option::is_none")]
    pub generation_type: Option<GenerationType>,
    /// A seed, 10000 to 99999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeds: Option<u32>,
    /// A text burned into the picture.
    #[serde(default, alias = "waterMark", skip_serializing_if = "Option::is_none")]
    pub watermark: Option<String>,
    /// A public address that the service calls when it is done.
    #[serde(default, rename = "callBackUrl", skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
    /// Deprecated by the service, which asks not to send it.
    #[serde(default, rename = "enableFallback", skip_serializing_if = "Option::is_none")]
    pub enable_fallback: Option<bool>,
    /// Whether the prompt is translated to English first; the service does so when it is not set.
    #[serde(default, rename = "enableTranslation", skip_serializing_if = "Option::is_none")]
    pub enable_translation: Option<bool>,
}

impl GenerateRequest {
    /// A request for this prompt with everything else left to the service.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            ..Self::default()
        }
    }

    /// The body as compact JSON with its keys in alphabetical order: the same request gives the same text in every
    /// build, so a hash of it can be stored. This very text is what [`crate::Client::generate`] sends.
    pub fn canonical_json(&self) -> String {
        let mut fields: BTreeMap<&str, Value> = BTreeMap::new();
        fields.insert("prompt", Value::from(self.prompt.as_str()));
        if !self.image_urls.is_empty() {
            fields.insert("imageUrls", Value::from(self.image_urls.clone()));
        }
        let mut set = |name, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name, value);
            }
        };
        set("model", self.model.map(|m| m.as_wire().into()));
        set("aspect_ratio", self.aspect_ratio.map(|r| r.as_wire().into()));
        set("resolution", self.resolution.map(|r| r.as_wire().into()));
        set("duration", self.duration.map(Value::from));
        set("generationType", self.generation_type.map(|g| g.as_wire().into()));
        set("seeds", self.seeds.map(Value::from));
        set("watermark", self.watermark.as_deref().map(Value::from));
        set("callBackUrl", self.call_back_url.as_deref().map(Value::from));
        set("enableFallback", self.enable_fallback.map(Value::from));
        set("enableTranslation", self.enable_translation.map(Value::from));
        // Written out by hand because a map of serde_json keeps another order when some crate of the build asks it to.
        let fields: Vec<String> = fields
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_request() -> impl Strategy<Value = GenerateRequest> {
        let words = (
            any::<String>(),
            proptest::collection::vec(any::<String>(), 0..3),
            proptest::option::of(proptest::sample::select(Model::ALL)),
            proptest::option::of(proptest::sample::select(AspectRatio::ALL)),
            proptest::option::of(proptest::sample::select(Resolution::ALL)),
            proptest::option::of(proptest::sample::select(GenerationType::ALL)),
        );
        let rest = (
            any::<Option<u8>>(),
            any::<Option<u32>>(),
            any::<Option<String>>(),
            any::<Option<String>>(),
            any::<Option<bool>>(),
            any::<Option<bool>>(),
        );
        (words, rest).prop_map(|(words, rest)| GenerateRequest {
            prompt: words.0,
            image_urls: words.1,
            model: words.2,
            aspect_ratio: words.3,
            resolution: words.4,
            generation_type: words.5,
            duration: rest.0,
            seeds: rest.1,
            watermark: rest.2,
            call_back_url: rest.3,
            enable_fallback: rest.4,
            enable_translation: rest.5,
        })
    }

    proptest! {
        #[test]
        fn what_is_hashed_is_what_is_stored_and_reads_back(request in any_request()) {
            let canonical = request.canonical_json();
            let stored = serde_json::to_string(&request).unwrap();
            let (a, b): (Value, Value) =
                (serde_json::from_str(&canonical).unwrap(), serde_json::from_str(&stored).unwrap());
            prop_assert_eq!(a, b);
            prop_assert_eq!(serde_json::from_str::<GenerateRequest>(&canonical).unwrap(), request);
        }
    }

    #[test]
    fn the_canonical_text_is_fixed() {
        let request = GenerateRequest {
            prompt: "a \"cat\"\n猫".into(),
            image_urls: vec!["https://x/1.png".into()],
            model: Some(Model::Lite),
            aspect_ratio: Some(AspectRatio::Portrait),
            resolution: Some(Resolution::K4),
            duration: Some(8),
            generation_type: Some(GenerationType::Frames),
            seeds: Some(10000),
            watermark: Some("W".into()),
            call_back_url: Some("https://cb".into()),
            enable_fallback: Some(false),
            enable_translation: Some(true),
        };
        assert_eq!(
            request.canonical_json(),
            concat!(
                r#"{"aspect_ratio":"9:16","callBackUrl":"https://cb","duration":8,"enableFallback":false,"#,
                r#""enableTranslation":true,"generationType":"FIRST_AND_LAST_FRAMES_2_VIDEO","#,
                r#""imageUrls":["https://x/1.png"],"model":"veo3_lite","prompt":"a \"cat\"\n猫","#,
                r#""resolution":"4k","seeds":10000,"watermark":"W"}"#
            )
        );
        assert_eq!(GenerateRequest::new("p").canonical_json(), r#"{"prompt":"p"}"#);
    }

    #[test]
    fn the_older_spellings_are_read_and_unknown_fields_ignored() {
        let read: GenerateRequest =
            serde_json::from_str(r#"{"prompt":"p","aspectRatio":"9:16","waterMark":"w","somethingNew":[1]}"#).unwrap();
        assert_eq!(read.aspect_ratio, Some(AspectRatio::Portrait));
        assert_eq!(read.watermark.as_deref(), Some("w"));
    }
}
