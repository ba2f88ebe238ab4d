//! The list as a sheet: CSV in UTF-8 with a mark at its head, so that spreadsheets read Chinese.

use super::Handed;
use crate::error::{Error, Result};

/// The columns, named as the import knows them where it does.
const HEAD: [&str; 16] = [
    "order",
    "number",
    "batch",
    "prompt",
    "file",
    "path",
    "rating",
    "rejected",
    "tags",
    "model",
    "resolution",
    "ratio",
    "duration",
    "seconds",
    "fps",
    "task id",
];

/// The sheet's bytes.
///
/// # Errors
/// None that memory would not give.
pub(crate) fn write(clips: &[Handed]) -> Result<Vec<u8>> {
    let failed = |why: csv::Error| Error::io(std::path::Path::new("csv"), std::io::Error::other(why.to_string()));
    let mut sheet = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    sheet.write_record(HEAD).map_err(failed)?;
    for (at, clip) in clips.iter().enumerate() {
        let (task, take) = (&clip.pick.row.task, clip.pick.row.take.as_ref());
        let fields = &task.fields;
        let marks = take.map(|take| take.marks.clone()).unwrap_or_default();
        let or = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
        let rate = clip.timing.rate;
        let record = [
            (at + 1).to_string(),
            plain(&task.number),
            plain(&clip.pick.batch),
            plain(&fields.prompt),
            plain(&clip.name()),
            plain(&clip.path.to_string_lossy()),
            marks.rating.to_string(),
            if marks.rejected { "yes" } else { "" }.to_owned(),
            plain(&marks.tags.join(", ")),
            plain(&or(&fields.model, "veo3_fast")),
            plain(&or(&fields.resolution, "720p")),
            plain(&or(&fields.aspect_ratio, "16:9")),
            fields.duration.unwrap_or(8).to_string(),
            format!("{:.3}", clip.timing.frames as f64 / rate.per_second()),
            format!("{:.3}", rate.per_second()),
            plain(clip.pick.row.service_id.as_deref().unwrap_or_default()),
        ];
        sheet.write_record(record).map_err(failed)?;
    }
    sheet
        .into_inner()
        .map_err(|why| Error::io(std::path::Path::new("csv"), std::io::Error::other(why.to_string())))
}

/// A cell that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
