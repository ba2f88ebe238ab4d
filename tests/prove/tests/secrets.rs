//! The section `secrets` at a size that takes seconds.

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_found_nowhere() {
    let section = prove::sections::ALL.iter().find(|section| section.name == "secrets");
    let lines = (section.expect("the section is listed").prove)(prove::Size::Quick).await;
    let missed: Vec<_> = lines.iter().filter(|line| line.met == Some(false)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}
