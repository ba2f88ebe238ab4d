//! Reading a paid POST: what is asked for, or why it is refused, as the pages document it.

use serde::Serialize;
use serde_json::Value;

use crate::price;

/// A refusal in an envelope: JSON code and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: i64,
    pub msg: String,
}

fn invalid<T>(msg: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code: 422,
        msg: msg.into(),
    })
}

/// A request that would be accepted if it can be paid.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub prompt: String,
    pub ratio: String,
    pub resolution: String,
    pub seeds: Option<u32>,
    pub param_json: String,
    pub credits: f64,
    pub extends: Option<String>,
}

/// The live keys of `paramJson`, in their order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Param<'a> {
    prompt: &'a str,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
    enable_translation: bool,
    enable_fallback: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    image_urls: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    water_mark: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seeds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<&'a str>,
}

impl Param<'_> {
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A field that is absent, null, or text.
fn text<'a>(body: &'a Value, field: &str) -> Result<Option<&'a str>, Refusal> {
    match &body[field] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => invalid(format!("{field} must be a string")),
    }
}

fn prompt(body: &Value) -> Result<&str, Refusal> {
    match text(body, "prompt")? {
        Some(prompt) if !prompt.trim().is_empty() => Ok(prompt),
        _ => invalid("prompt is required"),
    }
}

fn one_of<'a>(body: &'a Value, field: &str, allowed: &[&str], default: &'a str) -> Result<&'a str, Refusal> {
    match text(body, field)? {
        None => Ok(default),
        Some(value) if allowed.contains(&value) => Ok(value),
        Some(value) => invalid(format!(
            "Invalid {field}: {value}. Must be one of {}",
            allowed.join(", ")
        )),
    }
}

fn flag(body: &Value, field: &str, default: bool) -> Result<bool, Refusal> {
    match &body[field] {
        Value::Null => Ok(default),
        Value::Bool(flag) => Ok(*flag),
        _ => invalid(format!("{field} must be a boolean")),
    }
}

fn seeds(body: &Value) -> Result<Option<u32>, Refusal> {
    match &body["seeds"] {
        Value::Null => Ok(None),
        value => match value.as_u64().and_then(|seeds| u32::try_from(seeds).ok()) {
            Some(seeds) if (10_000..=99_999).contains(&seeds) => Ok(Some(seeds)),
            _ => invalid("seeds must be an integer between 10000 and 99999"),
        },
    }
}

fn image_urls(body: &Value) -> Result<Vec<&str>, Refusal> {
    let list = match &body["imageUrls"] {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return invalid("imageUrls must be an array"),
    };
    list.iter()
        .map(|url| match url.as_str() {
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => Ok(url),
            _ => invalid("imageUrls must be publicly accessible http(s) URLs"),
        })
        .collect()
}

/// `POST /api/v1/veo/generate`.
pub(crate) fn generation(body: &Value) -> Result<Order, Refusal> {
    let prompt = prompt(body)?;
    let model = one_of(body, "model", &["veo3", "veo3_fast", "veo3_lite"], "veo3_fast")?;
    let ratios = ["16:9", "9:16", "Auto"];
    // Both spellings are taken; the documented one first.
    let ratio = match one_of(body, "aspect_ratio", &ratios, "")? {
        "" => one_of(body, "aspectRatio", &ratios, "16:9")?,
        ratio => ratio,
    };
    let resolution = one_of(body, "resolution", &["720p", "1080p", "4k"], "720p")?;
    let duration = match &body["duration"] {
        Value::Null => 8,
        value => match value.as_i64() {
            Some(seconds @ (4 | 6 | 8)) => seconds,
            _ => return invalid("duration must be the integer 4, 6 or 8"),
        },
    };
    let images = image_urls(body)?;
    let modes = ["TEXT_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO", "REFERENCE_2_VIDEO"];
    let by_images = if images.is_empty() { modes[0] } else { modes[1] };
    let mode = one_of(body, "generationType", &modes, by_images)?;
    match (mode, images.len()) {
        ("TEXT_2_VIDEO", 0) | ("FIRST_AND_LAST_FRAMES_2_VIDEO", 1 | 2) | ("REFERENCE_2_VIDEO", 1..=3) => {}
        ("TEXT_2_VIDEO", _) => return invalid("TEXT_2_VIDEO takes no imageUrls"),
        ("REFERENCE_2_VIDEO", _) => return invalid("REFERENCE_2_VIDEO requires 1 to 3 imageUrls"),
        _ => return invalid("FIRST_AND_LAST_FRAMES_2_VIDEO requires 1 or 2 imageUrls"),
    }
    if mode == "REFERENCE_2_VIDEO" {
        if model == "veo3" {
            return invalid("REFERENCE_2_VIDEO only supports the veo3_fast and veo3_lite models");
        }
        if duration != 8 {
            return invalid("REFERENCE_2_VIDEO only supports a duration of 8");
        }
    }
    let seeds = seeds(body)?;
    let param = Param {
        prompt,
        model,
        aspect_ratio: Some(ratio),
        generation_type: Some(mode),
        resolution: Some(resolution),
        duration: Some(duration),
        enable_translation: flag(body, "enableTranslation", true)?,
        enable_fallback: flag(body, "enableFallback", false)?,
        image_urls: &images,
        water_mark: text(body, "watermark")?,
        seeds,
        task_id: None,
    };
    text(body, "callBackUrl")?;
    Ok(Order {
        prompt: prompt.to_owned(),
        ratio: ratio.to_owned(),
        resolution: resolution.to_owned(),
        seeds,
        param_json: param.text(),
        credits: price::of_generation(model, resolution),
        extends: None,
    })
}

/// `POST /api/v1/veo/extend`. Whether the source task exists is for the world to say.
pub(crate) fn extension(body: &Value) -> Result<Order, Refusal> {
    let Some(source) = text(body, "taskId")?.filter(|id| !id.trim().is_empty()) else {
        return invalid("taskId is required");
    };
    let prompt = prompt(body)?;
    let model = one_of(body, "model", &["fast", "quality", "lite"], "fast")?;
    let seeds = seeds(body)?;
    let param = Param {
        prompt,
        model,
        aspect_ratio: None,
        generation_type: None,
        resolution: None,
        duration: None,
        enable_translation: flag(body, "enableTranslation", true)?,
        enable_fallback: false,
        image_urls: &[],
        water_mark: text(body, "watermark")?,
        seeds,
        task_id: Some(source),
    };
    Ok(Order {
        prompt: prompt.to_owned(),
        ratio: String::new(),
        resolution: "720p".to_owned(),
        seeds,
        param_json: param.text(),
        credits: price::of_extension(model),
        extends: Some(source.to_owned()),
    })
}
