//! The documented price of a clip, in the service's credits.
//!
//! Source: the service's price page as read on [`AS_OF`]. Prices move; they are used for estimates and evidence only,
//! never to decide anything.

use kie::{Model, Resolution};

/// The day the table was read.
pub const AS_OF: &str = "2026-10-05";

/// Credits for one clip, whatever its length; `None` where the table has no row.
pub fn credits(model: Model, resolution: Resolution) -> Option<f64> {
    Some(match (model, resolution) {
        (Model::Lite, Resolution::P720) => 30.0,
        (Model::Lite, Resolution::P1080) => 35.0,
        (Model::Lite, Resolution::K4) => 150.0,
        (Model::Fast, Resolution::P720) => 60.0,
        (Model::Fast, Resolution::P1080) => 65.0,
        (Model::Fast, Resolution::K4) => 180.0,
        (Model::Quality, Resolution::P720) => 250.0,
        (Model::Quality, Resolution::P1080) => 255.0,
        (Model::Quality, Resolution::K4) => 370.0,
    })
}
