//! The list as an OpenTimelineIO timeline: one track, one clip after the other, each whole.

use serde_json::{Value, json};

use super::Handed;

/// The document.
pub(crate) fn write(name: &str, clips: &[Handed]) -> String {
    let children: Vec<Value> = clips.iter().map(clip).collect();
    let timeline = json!({
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "metadata": {},
        "global_start_time": null,
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "name": "tracks",
            "metadata": {},
            "source_range": null,
            "effects": [],
            "markers": [],
            "enabled": true,
            "children": [{
                "OTIO_SCHEMA": "Track.1",
                "name": "V1",
                "kind": "Video",
                "metadata": {},
                "source_range": null,
                "effects": [],
                "markers": [],
                "enabled": true,
                "children": children,
            }],
        },
    });
    format!("{timeline:#}\n")
}

fn clip(clip: &Handed) -> Value {
    let task = &clip.pick.row.task;
    let marks = clip
        .pick
        .row
        .take
        .as_ref()
        .map(|take| take.marks.clone())
        .unwrap_or_default();
    let rate = clip.timing.rate.per_second();
    let time = |frames: u64| json!({"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": frames as f64});
    let whole = json!({
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(0),
        "duration": time(clip.timing.frames),
    });
    json!({
        "OTIO_SCHEMA": "Clip.2",
        "name": clip.name(),
        "metadata": {"shotboard": {
            "number": task.number,
            "batch": clip.pick.batch,
            "prompt": task.fields.prompt,
            "rating": marks.rating,
            "tags": marks.tags,
        }},
        "source_range": whole,
        "effects": [],
        "markers": [],
        "enabled": true,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {"DEFAULT_MEDIA": {
            "OTIO_SCHEMA": "ExternalReference.1",
            "name": clip.name(),
            "metadata": {},
            "available_range": whole,
            "available_image_bounds": null,
            "target_url": clip.address(),
        }},
    })
}
