//! Counting tests from what the runners print, for the closing line that CI reads.
//!
//! Exit codes decide whether the tests passed; these numbers only say how many there were.

/// Tests counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ended well.
    pub(crate) passed: u64,
    /// Did not.
    pub(crate) failed: u64,
    /// Marked to be left out.
    pub(crate) skipped: u64,
}

impl Counts {
    /// Takes a line of `cargo test`: `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`.
    pub(crate) fn read_cargo(&mut self, line: &str) {
        let Some((_, result)) = line
            .split_once("test result: ")
            .and_then(|(_, rest)| rest.split_once(". "))
        else {
            return;
        };
        self.add(result.split(';'));
    }

    /// Takes a line of vitest: `Tests  1 failed | 62 passed | 2 skipped (65)`.
    pub(crate) fn read_vitest(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("Tests ") else {
            return;
        };
        let result = result.split(" (").next().unwrap_or(result);
        self.add(result.split('|'));
    }

    /// `12 passed, 0 failed`, and the skipped ones where there are any.
    pub(crate) fn closing_line(&self) -> String {
        let Counts {
            passed,
            failed,
            skipped,
        } = self;
        match skipped {
            0 => format!("{passed} passed, {failed} failed"),
            _ => format!("{passed} passed, {failed} failed, {skipped} skipped"),
        }
    }

    fn add<'a>(&mut self, parts: impl Iterator<Item = &'a str>) {
        for part in parts {
            let Some((number, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "skipped" | "todo" => self.skipped += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_both_runners_add_up_and_other_lines_do_not_count() {
        let mut counts = Counts::default();
        for line in [
            "running 14 tests",
            "test a::b ... ok",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s",
        ] {
            counts.read_cargo(line);
        }
        for line in [
            " Test Files  9 passed (9)",
            "      Tests  1 failed | 62 passed | 2 skipped (65)",
        ] {
            counts.read_vitest(line);
        }
        let expected = Counts {
            passed: 79,
            failed: 2,
            skipped: 4,
        };
        assert_eq!(counts, expected);
        assert_eq!(counts.closing_line(), "79 passed, 2 failed, 4 skipped");
    }
}
