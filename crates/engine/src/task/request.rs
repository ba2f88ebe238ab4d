//! From what a person filled in to what is sent: checked before anything is bought.
//!
//! The rules are the service's table of modes, models and images. A wrong request is told here, in words, and costs
//! nothing; the service's own validation is the second line, never the first.

use std::str::FromStr;

use kie::{AspectRatio, GenerateRequest, GenerationType, Model, Resolution};

use crate::price;
use crate::trouble::row::Row;
use crate::trouble::rows::buying;
use crate::trouble::{Told, Trouble};
use crate::view::TaskFields;

/// The longest prompt that is sent, in characters. The service documents none; Google's own limit is 1,024 tokens, and
/// this is well above any prompt that fits it.
const LONGEST_PROMPT: usize = 8_000;

/// The wire values of a request, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The model.
    pub model: Model,
    /// Left out: the service's default.
    pub aspect_ratio: Option<AspectRatio>,
    /// The resolution.
    pub resolution: Option<Resolution>,
    /// Seconds.
    pub duration: Option<u8>,
    /// The mode: as set, or as the images make it.
    pub mode: GenerationType,
    /// Seed of the generator.
    pub seed: Option<u32>,
}

impl Parameters {
    /// Checks everything that can be known before the images are uploaded.
    ///
    /// # Errors
    /// [`Trouble::Request`] with what is wrong and what is allowed.
    pub fn check(fields: &TaskFields) -> Result<Self, Trouble> {
        let prompt = fields.prompt.trim();
        if prompt.is_empty() {
            return Err(wrong(&buying::NO_PROMPT));
        }
        let length = prompt.chars().count();
        if length > LONGEST_PROMPT {
            let told = Told::new(&buying::PROMPT_TOO_LONG).with("length", length);
            return Err(Trouble::request(&told.with("most", LONGEST_PROMPT)));
        }
        let model = parse::<Model>(fields.model.as_deref(), "model", "模型")?.unwrap_or_default();
        let aspect_ratio = parse::<AspectRatio>(fields.aspect_ratio.as_deref(), "aspect ratio", "比例")?;
        let resolution = parse::<Resolution>(fields.resolution.as_deref(), "resolution", "分辨率")?;
        let mode = parse::<GenerationType>(fields.mode.as_deref(), "mode", "模式")?;
        let images = fields.images.len();
        let mode = mode.unwrap_or(if images == 0 {
            GenerationType::Text
        } else {
            GenerationType::Frames
        });
        if let Some(duration) = fields.duration.filter(|seconds| ![4, 6, 8].contains(seconds)) {
            return Err(counted(&buying::WRONG_LENGTH, "seconds", duration));
        }
        if let Some(seed) = fields.seed.filter(|seed| !(10_000..=99_999).contains(seed)) {
            return Err(counted(&buying::WRONG_SEED, "seed", seed));
        }
        match mode {
            GenerationType::Text if images > 0 => {
                return Err(wrong(&buying::TEXT_WITH_IMAGES));
            }
            GenerationType::Frames if !(1..=2).contains(&images) => {
                return Err(counted(&buying::FRAMES_COUNT, "images", images));
            }
            GenerationType::Reference => reference(fields, model, images)?,
            _ => {}
        }
        if mode == GenerationType::Text && aspect_ratio == Some(AspectRatio::Auto) {
            return Err(wrong(&buying::AUTO_WITHOUT_IMAGE));
        }
        Ok(Self {
            model,
            aspect_ratio,
            resolution,
            duration: fields.duration,
            mode,
            seed: fields.seed,
        })
    }

    /// What one attempt costs by the documented table, in credits.
    pub fn price(&self) -> Option<f64> {
        price::credits(self.model, self.resolution.unwrap_or_default())
    }

    /// The body of the paid request, with the images' links in order. Nothing is sent that was not set, but for the
    /// model and the mode: what is bought must not hang on a default that can change.
    pub fn request(&self, fields: &TaskFields, image_urls: Vec<String>) -> GenerateRequest {
        GenerateRequest {
            prompt: fields.prompt.trim().to_owned(),
            image_urls,
            model: Some(self.model),
            aspect_ratio: self.aspect_ratio,
            resolution: self.resolution,
            duration: self.duration,
            generation_type: Some(self.mode),
            seeds: self.seed,
            watermark: fields.watermark.clone().filter(|text| !text.trim().is_empty()),
            enable_translation: fields.enable_translation,
            ..GenerateRequest::default()
        }
    }
}

fn reference(fields: &TaskFields, model: Model, images: usize) -> Result<(), Trouble> {
    if !(1..=3).contains(&images) {
        return Err(counted(&buying::REFERENCE_COUNT, "images", images));
    }
    if model == Model::Quality {
        return Err(wrong(&buying::REFERENCE_MODEL));
    }
    if fields.duration.is_some_and(|seconds| seconds != 8) {
        return Err(wrong(&buying::REFERENCE_LENGTH));
    }
    if fields.aspect_ratio.as_deref() == Some(AspectRatio::Auto.as_wire()) {
        return Err(wrong(&buying::REFERENCE_RATIO));
    }
    Ok(())
}

fn parse<T: FromStr<Err: std::fmt::Display>>(text: Option<&str>, en: &str, zh: &str) -> Result<Option<T>, Trouble> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|why: T::Err| {
        let told = Told::new(&buying::UNKNOWN_VALUE).with_both("field", en, zh);
        Trouble::request(
            &told
                .with("value", text)
                .with("why", why.to_string().trim_end_matches('.')),
        )
    })
}

fn wrong(row: &'static Row) -> Trouble {
    Trouble::request(&Told::new(row))
}

fn counted(row: &'static Row, name: &'static str, count: impl ToString) -> Trouble {
    Trouble::request(&Told::new(row).with(name, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ImageRef;

    fn fields(images: usize, mode: Option<&str>) -> TaskFields {
        TaskFields {
            prompt: " a cat ".into(),
            images: (0..images)
                .map(|i| ImageRef::Link {
                    url: format!("https://x.test/{i}.png"),
                })
                .collect(),
            mode: mode.map(str::to_owned),
            ..TaskFields::default()
        }
    }

    #[test]
    fn the_number_of_images_must_fit_the_mode() {
        let frames = Some("FIRST_AND_LAST_FRAMES_2_VIDEO");
        let reference = Some("REFERENCE_2_VIDEO");
        let text = Some("TEXT_2_VIDEO");
        for (images, mode, ok) in [
            (0, None, true),
            (1, None, true),
            (2, None, true),
            (3, None, false),
            (0, text, true),
            (1, text, false),
            (0, frames, false),
            (1, frames, true),
            (2, frames, true),
            (3, frames, false),
            (0, reference, false),
            (1, reference, true),
            (3, reference, true),
            (4, reference, false),
        ] {
            assert_eq!(
                Parameters::check(&fields(images, mode)).is_ok(),
                ok,
                "{images} {mode:?}"
            );
        }
    }

    #[test]
    fn reference_is_never_quality_and_always_eight_seconds() {
        let mut fields = fields(2, Some("REFERENCE_2_VIDEO"));
        fields.model = Some("veo3".into());
        assert!(Parameters::check(&fields).is_err());
        fields.model = Some("veo3_lite".into());
        assert!(Parameters::check(&fields).is_ok());
        fields.duration = Some(6);
        assert!(Parameters::check(&fields).is_err());
    }

    #[test]
    fn only_what_was_set_is_sent_besides_model_and_mode() {
        let fields = fields(0, None);
        let request = Parameters::check(&fields).unwrap().request(&fields, vec![]);
        let body = serde_json::to_value(request).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"prompt": "a cat", "model": "veo3_fast", "generationType": "TEXT_2_VIDEO"})
        );
    }

    #[test]
    fn a_strange_value_is_named_in_both_languages() {
        let mut fields = fields(0, None);
        fields.resolution = Some("8k".into());
        let Err(Trouble::Request { en, zh, code }) = Parameters::check(&fields) else {
            panic!("must be refused")
        };
        assert!(en.contains("8k") && zh.contains("8k"), "{en} {zh}");
        assert_eq!(code, "unknown-value");
    }
}
