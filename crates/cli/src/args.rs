//! What may be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use url::Url;

/// Make video with Veo in batches: a shot list goes in, numbered videos come out.
///
/// The key comes from KIE_API_KEY or from the app's settings, never from an argument.
/// Exit: 0 when all are done, 1 when any is not, 2 when nothing could start.
#[derive(Debug, Parser)]
#[command(name = "shotboard-cli", version)]
pub(crate) struct Args {
    /// The data directory (library, keys, settings); the app's own when left out
    #[arg(global = true, long, value_name = "DIR", env = "SHOTBOARD_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The service's base address
    #[arg(global = true, long, value_name = "URL", env = "KIE_API_BASE")]
    pub(crate) api_base: Option<Url>,
    /// The base address for uploads; that of --api-base when only that is given
    #[arg(global = true, long, value_name = "URL", env = "KIE_UPLOAD_BASE")]
    pub(crate) upload_base: Option<Url>,
    /// Ask about each task every so many seconds, exactly; 0.05 to 600 [default: as in the app: when it is likely to
    /// be done, by how long earlier ones took here, and every 5 s until ten of a kind are done]
    #[arg(global = true, long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) poll_interval: Option<f64>,
    /// Status queries, or the time that so many would take at the interval, before a task is called timed out; it is
    /// still asked about now and then [default: as in the app, 120]
    #[arg(global = true, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_polls: Option<u32>,
    /// One JSON object per line on standard output, one for each task at the end
    #[arg(global = true, long)]
    pub(crate) json: bool,
    /// Language of sentences: en or zh [default: the system's]
    #[arg(global = true, long, value_name = "LANG", value_parser = ["en", "zh"])]
    pub(crate) lang: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a sheet (CSV or TSV) and run its rows until each has ended
    ///
    /// The same sheet read again brings unbought rows up to date and never buys a bought one twice.
    Generate {
        /// Columns: number, prompt, images, model, aspect_ratio, resolution, duration, seed, watermark, mode (or in Chinese)
        sheet: PathBuf,
        /// Where the videos go
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Only these rows, by number
        #[arg(long, value_delimiter = ',', value_name = "0001,0002")]
        numbers: Vec<String>,
    },
    /// Try it without a key: the whole way against a stand-in service in this program
    Demo {
        /// How many shots
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
        shots: u32,
        /// Where the videos go
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Go on with everything unfinished, queued tasks included
    Resume,
    /// Try refused or cancelled tasks again; buys them anew
    Retry {
        /// Numbers of tasks
        #[arg(required = true)]
        numbers: Vec<String>,
        /// The batch, by name, where a number stands in several
        #[arg(long)]
        batch: Option<String>,
        /// Also submit again what has an unknown outcome: it may be paid for twice
        #[arg(long)]
        may_pay_twice: bool,
    },
    /// Fetch a bought video again; never buys
    Download {
        /// Number of the task
        number: String,
        /// A link to use in place of the known one
        url: Option<String>,
        /// The batch, by name, where a number stands in several
        #[arg(long)]
        batch: Option<String>,
    },
    /// List every task
    List,
    /// Print a report to send along when something is wrong: no keys, no prompts
    Report {
        /// Number of the task that it is about
        number: Option<String>,
        /// The batch, by name, where the number stands in several
        #[arg(long)]
        batch: Option<String>,
        /// With the task's prompt
        #[arg(long)]
        with_prompt: bool,
    },
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // Shorter than the service could bear is taken for the shortest; what was asked for is clear enough.
        Ok(seconds) if seconds >= 0.0 => Ok(seconds.clamp(0.05, 600.0)),
        _ => Err("a number of seconds, such as 5 or 0.5".to_owned()),
    }
}
