//! The list as a sequence in FCPXML 1.9, which Final Cut Pro and DaVinci Resolve read: one clip after the other. Times
//! are fractions of a second on the frames of the sequence, which has the rate of its first clip.

use std::fmt::Write as _;

use super::Handed;
use super::rate::Rate;

/// The document.
pub(crate) fn write(name: &str, clips: &[Handed]) -> String {
    let base = clips
        .first()
        .map_or(Rate { number: 24, of: 1 }, |clip| clip.timing.rate);
    let mut formats: Vec<(Rate, u32, u32)> = Vec::new();
    let mut resources = String::new();
    let mut spine = String::new();
    let mut at = 0_u64;
    for (n, clip) in clips.iter().enumerate() {
        let timing = clip.timing;
        let format = (timing.rate, timing.width, timing.height);
        let known = formats.iter().position(|one| *one == format).unwrap_or_else(|| {
            formats.push(format);
            let _ = writeln!(
                resources,
                r#"    <format id="f{}" frameDuration="{}" width="{}" height="{}"/>"#,
                formats.len(),
                time(1, timing.rate),
                timing.width,
                timing.height
            );
            formats.len() - 1
        });
        let (called, id) = (escaped(&clip.name()), n + 1);
        let sound = match timing.sound {
            true => r#" hasAudio="1" audioSources="1" audioChannels="2" audioRate="48000""#,
            false => "",
        };
        let whole = time(timing.frames, timing.rate);
        let _ = writeln!(
            resources,
            r#"    <asset id="a{id}" name="{called}" start="0s" duration="{whole}" hasVideo="1" videoSources="1" format="f{}"{sound}>
      <media-rep kind="original-media" src="{}"/>
    </asset>"#,
            known + 1,
            escaped(&clip.address())
        );
        let length = base.filled_by(timing.frames, timing.rate);
        let _ = writeln!(
            spine,
            r#"            <asset-clip ref="a{id}" name="{called}" offset="{}" start="0s" duration="{}" format="f{}" tcFormat="NDF">"#,
            time(at, base),
            time(length, base),
            known + 1
        );
        let _ = writeln!(
            spine,
            "              <note>{}</note>",
            escaped(&clip.pick.row.task.fields.prompt)
        );
        let marks = clip
            .pick
            .row
            .take
            .as_ref()
            .map(|take| take.marks.clone())
            .unwrap_or_default();
        let long = time(length, base);
        for tag in &marks.tags {
            let _ = writeln!(
                spine,
                r#"              <keyword start="0s" duration="{long}" value="{}"/>"#,
                escaped(tag)
            );
        }
        spine.push_str("            </asset-clip>\n");
        at += length;
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.9">
  <resources>
{resources}  </resources>
  <library>
    <event name="{name}">
      <project name="{name}">
        <sequence format="f1" duration="{}" tcStart="0s" tcFormat="NDF" audioLayout="stereo" audioRate="48k">
          <spine>
{spine}          </spine>
        </sequence>
      </project>
    </event>
  </library>
</fcpxml>
"#,
        time(at, base),
        name = escaped(name)
    )
}

/// So many frames, as the format writes seconds.
fn time(frames: u64, rate: Rate) -> String {
    let ticks = u128::from(frames) * u128::from(rate.of);
    if ticks % u128::from(rate.number) == 0 {
        format!("{}s", ticks / u128::from(rate.number))
    } else {
        format!("{ticks}/{}s", rate.number)
    }
}

/// Text as XML holds it; characters that it cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
