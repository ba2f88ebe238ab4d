//! The documented price of a clip, in the service's credits.
//!
//! Source: the service's price page as read on [`AS_OF`]. Prices move; they are used for estimates, for evidence, and
//! for the user's own spending limits, never to decide what is right or wrong.

use kie::{Model, Resolution};

/// The day the table was read.
pub const AS_OF: &str = "2026-10-05";

/// US dollars for one credit, about: in packs of a thousand, as the same page says. Large top-ups get a tenth more.
pub const DOLLARS: f64 = 0.005;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// The form knows the same prices: `cargo xtask types` writes them for the page, and checks that they are current.
    #[test]
    fn export_bindings_of_prices() {
        use std::fmt::Write as _;
        let mut page = "// Written by `cargo xtask types` from crates/engine/src/price.rs. Do not edit.\n\n\
             /** Credits for one clip, by model and resolution. */\n\
             export const CREDITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {\n"
            .to_owned();
        for &model in Model::ALL {
            let prices = Resolution::ALL.iter().filter_map(|&resolution| {
                let credits = credits(model, resolution)?;
                Some(format!("\"{}\": {credits}", resolution.as_wire()))
            });
            let prices: Vec<String> = prices.collect();
            assert!(!prices.is_empty(), "{model:?} has no price");
            writeln!(page, "  {}: {{ {} }},", model.as_wire(), prices.join(", ")).unwrap();
        }
        page += "};\n\n";
        let note = "/** US dollars for one credit, about: without the bonus of large top-ups. */";
        writeln!(page, "{note}\nexport const DOLLARS = {DOLLARS};").unwrap();
        if let Some(folder) = std::env::var_os("SHOTBOARD_TABLE_DIR") {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(std::path::Path::new(&folder).join("Prices.ts"), &page).unwrap();
        } else {
            let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/lib/types/Prices.ts");
            let committed = std::fs::read_to_string(committed).unwrap().replace("\r\n", "\n");
            assert!(
                committed == page,
                "the page's prices are not these: run `cargo xtask types`"
            );
        }
    }
}
