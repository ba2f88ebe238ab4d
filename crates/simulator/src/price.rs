//! What a shot costs, in credits: the service's price list of 2026-09-24, flat for each clip, whatever its length.

/// Credits for a model (its wire name) at a resolution (its wire name).
pub(crate) fn of_generation(model: &str, resolution: &str) -> f64 {
    let (p720, p1080, p4k) = match model {
        "veo3_lite" => (30.0, 35.0, 150.0),
        "veo3" => (250.0, 255.0, 370.0),
        _ => (60.0, 65.0, 180.0),
    };
    match resolution {
        "1080p" => p1080,
        "4k" => p4k,
        _ => p720,
    }
}

/// Credits for an extension; its model names are another vocabulary.
pub(crate) fn of_extension(model: &str) -> f64 {
    match model {
        "lite" => 30.0,
        "quality" => 250.0,
        _ => 60.0,
    }
}

/// Credits for the 1080p file of a finished task.
pub(crate) const UPGRADE_1080P: f64 = 5.0;
/// Credits for the 4K file of a finished task.
pub(crate) const UPGRADE_4K: f64 = 120.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table() {
        let table = [
            ("veo3_lite", [30.0, 35.0, 150.0]),
            ("veo3_fast", [60.0, 65.0, 180.0]),
            ("veo3", [250.0, 255.0, 370.0]),
        ];
        for (model, prices) in table {
            let ours = ["720p", "1080p", "4k"].map(|resolution| of_generation(model, resolution));
            assert_eq!(ours, prices, "{model}");
        }
    }
}
