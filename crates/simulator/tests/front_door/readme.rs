//! The README's table of faults is the code's.

use simulator::Fault;

#[test]
fn every_fault_stands_in_the_readme_in_its_own_words() {
    let readme = include_str!("../../README.md");
    let table: Vec<_> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(str::to_owned)
        .collect();
    let told: Vec<_> = Fault::all()
        .iter()
        .map(|fault| format!("| `{fault}` | {} |", fault.describe()))
        .collect();
    assert_eq!(table, told);
}
