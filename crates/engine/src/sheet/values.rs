//! Values as people write them: in either language, in full width, with units, or mangled by a spreadsheet.
//!
//! A name that could be two models is refused: "Veo 3" alone is a family, whose members differ fourfold in price. Only as
//! the API writes it, `veo3`, it is one of them.

use kie::{AspectRatio, GenerationType, Model, Resolution};
use unicode_normalization::UnicodeNormalization;

use super::LONGEST_WORD;
use super::problem::{Fault, shortened, start_of_line};
use crate::files::names;

/// Images of one row that are read; the service takes three.
pub(super) const MAX_IMAGES: usize = 16;

/// Folders below each other that are made.
const MOST_FOLDERS: usize = 6;

/// The longest watermark, in characters.
const LONGEST_WATERMARK: usize = 200;

/// A value, nothing (the cell is empty or says "default"), or what is wrong with it.
pub(super) type Read<T> = Result<Option<T>, Fault>;

pub(super) fn model(cell: &str) -> Read<Model> {
    const ALLOWED: (&str, &str) = (
        "fast, quality or lite",
        "“Fast”（快速）、“Quality”（高质量）或“Lite”（轻量）",
    );
    if folded(cell) == "veo3" && cell.trim() != "veo3" {
        return not_allowed(cell, ALLOWED);
    }
    one_of(
        cell,
        &[
            (Model::Fast, &["fast", "veo3fast", "veo31fast", "快速", "快速版", "快"]),
            (
                Model::Quality,
                &[
                    "quality",
                    "veo3",
                    "veo3quality",
                    "veo31quality",
                    "高质量",
                    "质量",
                    "高品质",
                    "高质量版",
                ],
            ),
            (Model::Lite, &["lite", "veo3lite", "veo31lite", "轻量", "轻量版"]),
        ],
        ALLOWED,
    )
}

pub(super) fn aspect_ratio(cell: &str) -> Read<AspectRatio> {
    one_of(
        cell,
        &[
            // Excel takes a ratio for a time of day and adds to it.
            (
                AspectRatio::Landscape,
                &[
                    "16:9",
                    "16/9",
                    "16x9",
                    "16×9",
                    "16比9",
                    "16:09",
                    "16:09:00",
                    "横屏",
                    "横版",
                    "横",
                    "landscape",
                ],
            ),
            (
                AspectRatio::Portrait,
                &[
                    "9:16", "9/16", "9x16", "9×16", "9比16", "09:16", "9:16:00", "09:16:00", "竖屏", "竖版", "竖",
                    "portrait", "vertical",
                ],
            ),
            (AspectRatio::Auto, &["auto", "自动"]),
        ],
        ("16:9, 9:16 or auto", " 16:9、9:16 或“自动”"),
    )
}

pub(super) fn resolution(cell: &str) -> Read<Resolution> {
    one_of(
        cell,
        &[
            (Resolution::P720, &["720", "720p", "720.0"]),
            (Resolution::P1080, &["1080", "1080p", "1080.0"]),
            (Resolution::K4, &["4k", "2160", "2160p"]),
        ],
        ("720p, 1080p or 4k", " 720p、1080p 或 4k"),
    )
}

pub(super) fn duration(cell: &str) -> Read<u8> {
    let plain = folded(cell);
    let units = ["seconds", "second", "secs", "sec", "s", "秒钟", "秒"];
    let number = units.iter().find_map(|unit| plain.strip_suffix(unit)).unwrap_or(&plain);
    match (is_unset(&plain), whole(number)) {
        (true, _) => Ok(None),
        (_, Some(seconds @ (4 | 6 | 8))) => Ok(u8::try_from(seconds).ok()),
        _ => not_allowed(cell, ("4, 6 or 8 seconds", " 4、6 或 8 秒")),
    }
}

pub(super) fn seed(cell: &str) -> Read<u32> {
    let plain = folded(cell);
    match whole(&plain) {
        _ if is_unset(&plain) || matches!(plain.as_str(), "random" | "随机") => Ok(None),
        Some(seed @ 10_000..=99_999) => Ok(Some(seed)),
        _ => not_allowed(cell, ("a whole number from 10000 to 99999", " 10000 到 99999 的整数")),
    }
}

pub(super) fn mode(cell: &str) -> Read<GenerationType> {
    one_of(
        cell,
        &[
            (
                GenerationType::Text,
                &["text", "text2video", "texttovideo", "t2v", "文生视频", "文本", "文字"],
            ),
            (
                GenerationType::Frames,
                &[
                    "frames",
                    "frame",
                    "firstandlastframes2video",
                    "image2video",
                    "imagetovideo",
                    "i2v",
                    "首尾帧",
                    "首帧",
                    "图生视频",
                ],
            ),
            (
                GenerationType::Reference,
                &[
                    "reference",
                    "references",
                    "reference2video",
                    "r2v",
                    "参考图",
                    "参考",
                    "参考生视频",
                    "参考图生视频",
                ],
            ),
        ],
        ("text, frames or reference", "“文生视频”“首尾帧”或“参考图”"),
    )
}

pub(super) fn yes_or_no(cell: &str) -> Read<bool> {
    one_of(
        cell,
        &[
            (true, &["yes", "y", "true", "1", "on", "是", "开", "允许", "√"]),
            (false, &["no", "n", "false", "0", "off", "否", "关", "不允许", "×"]),
        ],
        ("yes or no", "“是”或“否”"),
    )
}

/// What a spreadsheet writes where a formula failed.
pub(super) fn is_error(cell: &str) -> bool {
    const ERRORS: [&str; 9] = [
        "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    ];
    ERRORS.contains(&cell.trim())
}

/// The text is burnt into the picture, so a plain yes or no is not taken for one.
pub(super) fn watermark(cell: &str) -> Read<String> {
    match folded(cell).as_str() {
        "" | "no" | "none" | "false" | "off" | "否" | "无" | "不要" | "没有" => Ok(None),
        "yes" | "true" | "on" | "是" | "有" | "要" => not_allowed(
            cell,
            (
                "the text that the watermark shall show, or leave it empty",
                "水印上要显示的文字，不需要水印请留空",
            ),
        ),
        _ if cell.trim().chars().count() > LONGEST_WATERMARK => Err(Fault::WatermarkTooLong {
            limit: LONGEST_WATERMARK,
        }),
        _ => Ok(Some(cell.trim().to_owned())),
    }
}

/// A folder below the batch's own: its parts, each a name that every system takes, joined by `/`.
pub(super) fn folder(cell: &str) -> Read<String> {
    let text = cell.trim();
    let root = text.starts_with(['/', '\\', '~']) || text.chars().nth(1) == Some(':');
    let parts: Vec<&str> = text.split(['/', '\\']).map(str::trim).collect();
    let up = parts
        .iter()
        .any(|part| part.len() > 1 && part.chars().all(|c| c == '.'));
    if root || up {
        return Err(Fault::FolderOutside { value: shortened(cell) });
    }
    let parts = parts.into_iter().filter(|part| !part.is_empty() && *part != ".");
    let names = parts.map(name).collect::<Result<Vec<_>, _>>()?;
    if names.len() > MOST_FOLDERS {
        return Err(Fault::FolderTooDeep { limit: MOST_FOLDERS });
    }
    Ok((!names.is_empty()).then(|| names.join("/")))
}

/// What a clip is called: a name that every system takes, with or without `.mp4`.
pub(super) fn file_name(cell: &str) -> Read<String> {
    let text = cell.trim();
    if text.contains(['/', '\\']) {
        return Err(Fault::NameIsPath { value: shortened(cell) });
    }
    let stem = text
        .len()
        .checked_sub(4)
        .filter(|_| text.to_ascii_lowercase().ends_with(".mp4"));
    let stem = stem.and_then(|end| text.get(..end)).unwrap_or(text);
    if stem.is_empty() {
        return Ok(None);
    }
    name(stem).map(Some)
}

/// A name as the saver makes it; what it would have to make up is refused.
fn name(text: &str) -> Result<String, Fault> {
    if names::is_reserved(text) || !text.chars().any(char::is_alphanumeric) {
        return Err(Fault::NameUnusable { value: shortened(text) });
    }
    Ok(names::safe_stem(text))
}

/// The number as written, without the `.0` that spreadsheets add.
pub(super) fn number(cell: &str) -> Read<String> {
    let number = start_of_line(cell);
    if number.chars().count() > 60 {
        return Err(Fault::NumberTooLong);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = match number.split_once('.') {
        Some((whole, zeros)) if digits(whole) && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => &number,
    };
    Ok((!bare.is_empty()).then(|| bare.to_owned()))
}

/// Adds the images of a cell, but no more than one above what a row may have.
pub(super) fn images(cell: &str, images: &mut Vec<String>) {
    let named = cell
        .split(['|', '｜', '\n'])
        .map(str::trim)
        .filter(|image| !image.is_empty());
    let room = (MAX_IMAGES + 1).saturating_sub(images.len());
    images.extend(named.take(room).map(str::to_owned));
}

fn one_of<T: Copy>(cell: &str, values: &[(T, &[&str])], allowed: (&'static str, &'static str)) -> Read<T> {
    let plain = folded(cell);
    let dotless = plain.replace('.', "");
    if is_unset(&plain) {
        return Ok(None);
    }
    let found = values
        .iter()
        .find(|(_, names)| names.iter().any(|&name| name == plain || name == dotless));
    found.map_or_else(|| not_allowed(cell, allowed), |&(value, _)| Ok(Some(value)))
}

fn not_allowed<T>(cell: &str, (allowed_en, allowed_zh): (&'static str, &'static str)) -> Read<T> {
    Err(Fault::NotAllowed {
        value: shortened(cell),
        allowed_en,
        allowed_zh,
    })
}

fn is_unset(plain: &str) -> bool {
    matches!(plain, "" | "default" | "默认" | "none" | "无" | "n/a")
}

/// Stands for a value too long to be looked into.
const TOO_LONG: &str = "…";

/// Half width, lower case, without spaces and dashes.
fn folded(cell: &str) -> String {
    // What is longer is no word of ours, and folding may make it many times as long.
    let cell = cell.trim();
    if cell.len() > LONGEST_WORD {
        return TOO_LONG.to_owned();
    }
    let plain = cell.nfkc().flat_map(char::to_lowercase);
    plain
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '–' | '—'))
        .collect()
}

/// A whole number, also as `8.0`.
fn whole(plain: &str) -> Option<u32> {
    let number = match plain.split_once('.') {
        Some((number, zeros)) if zeros.bytes().all(|byte| byte == b'0') => number,
        _ => plain,
    };
    number
        .parse()
        .ok()
        .filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))
}
