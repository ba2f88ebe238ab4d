//! What a program that checks for accessibility (axe, from the page's packages) finds wrong with what is shown.

use std::path::Path;

use serde_json::{Value, json};

use crate::Board;

/// Where the page's packages lie.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/node_modules/axe-core/axe.min.js");

impl Board {
    /// Every serious or critical fault that axe finds on what is shown now, each with its rule and where it is.
    ///
    /// # Panics
    /// The page's packages are not installed.
    pub async fn barriers(&self) -> Vec<String> {
        let there = self.run("return typeof window.axe === 'object'", &[]).await;
        if there != json!(true) {
            let axe = std::fs::read_to_string(Path::new(AXE)).expect("the page's packages are installed");
            self.run(&format!("{axe}\nwindow.axe = axe;"), &[]).await;
        }
        // Colours that are still on their way from one to another belong to neither.
        self.is_still().await;
        let look = "
            const found = await window.axe.run(document, { resultTypes: ['violations'] });
            return found.violations
                .filter((one) => one.impact === 'serious' || one.impact === 'critical')
                .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary ?? one.help}`));";
        let look = format!("return (async () => {{{look}}})()");
        let found = self.run(&look, &[]).await;
        let texts = found.as_array().cloned().unwrap_or_default();
        texts.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
