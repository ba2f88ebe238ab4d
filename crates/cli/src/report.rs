//! `report`: what helps somebody else to find out what went wrong, printed to be looked at and sent along.

use engine::diagnostics::{About, Surroundings, report as whole, report_without_library};
use engine::{Error, Result, settings};

use crate::End;
use crate::args::Args;
use crate::open;
use crate::pick::by_number;
use crate::say::Say;

pub(crate) async fn report(
    args: &Args,
    say: &Say,
    number: Option<&str>,
    batch: Option<&str>,
    with_prompt: bool,
) -> Result<End> {
    let data_dir = settings::data_dir(args.data_dir.clone())?;
    // What cannot be read is no reason to say nothing; the library's error tells it below.
    let stored = settings::read(&data_dir).unwrap_or_default();
    let environment = std::env::var_os(engine::keys::ENVIRONMENT).is_some_and(|key| !key.is_empty());
    let around = Surroundings {
        version: concat!("shotboard-cli ", env!("CARGO_PKG_VERSION")).to_owned(),
        facts: vec![
            (
                "System".to_owned(),
                format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH),
            ),
            ("Locale".to_owned(), sys_locale::get_locale().unwrap_or_default()),
        ],
        keys: format!(
            "environment: {}, {}",
            yes(environment),
            engine::keys::stored::summary(&stored.keys)
        ),
        preferences: stored.preferences,
        data_dir: Some(data_dir),
    };
    let mut about = About {
        with_prompt,
        ..About::default()
    };
    let text = match open::real(args, say).await {
        Ok(engine) => {
            if let Some(number) = number {
                about.task = Some(by_number(&engine, number, batch, |_| true, say).await?.id);
            }
            whole(&engine, &around, &about, say.lang).await?
        }
        // The window has the library open, say; what can be told without it is told.
        Err(error) if number.is_none() || !matches!(error, Error::Told(_)) => {
            report_without_library(&around, &about, &error.told().view(say.lang), say.lang)
        }
        Err(error) => return Err(error),
    };
    say.line(&text);
    say.object(&serde_json::json!({ "report": text }));
    Ok(End::Done)
}

fn yes(there: bool) -> &'static str {
    if there { "yes" } else { "no" }
}
