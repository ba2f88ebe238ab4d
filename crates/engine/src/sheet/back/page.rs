//! The XML of one worksheet with cells added to its rows. Everything that is not added is copied byte by byte: styles,
//! formulas, merged cells, rules, whatever its maker put there and no program of ours knows.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::export::cells::Cell;

/// The longest text of one cell, in characters.
const LONGEST: usize = 32_000;
/// Columns that a worksheet has.
const COLUMNS: usize = 16_384;

/// What is added.
pub(super) struct Additions<'a> {
    /// By line, from 1; the names of the columns are a row like others.
    pub(super) rows: BTreeMap<u64, &'a [Cell]>,
    /// The line with the names, which look as the names beside them.
    pub(super) head: Option<u64>,
    /// How wide each column is made, in characters.
    pub(super) widths: &'a [u32],
    /// The columns to write over, where the sheet has them from an earlier time.
    pub(super) over: Option<usize>,
}

/// The worksheet with them; `None` where it cannot be read, or has no room.
pub(super) fn added(xml: &str, additions: &Additions<'_>) -> Option<String> {
    let survey = Survey::of(xml, additions)?;
    let first = additions.over.unwrap_or(survey.width);
    let ours = first..first + additions.widths.len();
    if ours.end > COLUMNS {
        return None;
    }
    let mut out = Out {
        xml,
        copied: 0,
        text: String::with_capacity(xml.len() + additions.rows.len() * 400),
    };
    survey.before_rows(&mut out, &ours, additions.widths);
    rows(&mut out, additions, &survey, &ours)?;
    out.copy_to(xml.len());
    Some(out.text)
}

struct Out<'a> {
    xml: &'a str,
    copied: usize,
    text: String,
}

impl Out<'_> {
    fn copy_to(&mut self, at: usize) {
        self.text.push_str(self.xml.get(self.copied..at).unwrap_or_default());
        self.copied = self.copied.max(at);
    }

    fn skip_to(&mut self, at: usize) {
        self.copied = self.copied.max(at);
    }
}

/// What the sheet holds, before it is written.
#[derive(Default)]
struct Survey {
    /// Columns that are used.
    width: usize,
    /// What stands before the names of elements.
    prefix: String,
    dimension: Option<(Range<usize>, String)>,
    /// Where the list of widths ends, and the last column that it speaks of.
    widths: Option<(usize, usize)>,
    /// Where the rows begin.
    rows: usize,
    head_style: Option<String>,
}

impl Survey {
    fn of(xml: &str, additions: &Additions<'_>) -> Option<Self> {
        let mut found = Self::default();
        let mut reader = Reader::from_str(xml);
        let (mut row, mut cell, mut last_width) = (0_u64, None::<(usize, Option<String>)>, 0);
        loop {
            let from = at(&reader);
            let event = reader.read_event().ok()?;
            let to = at(&reader);
            match &event {
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().into_inner() {
                    "dimension" => found.dimension = attribute(tag, "ref").map(|area| (from..to, area)),
                    "col" => last_width = attribute(tag, "max")?.parse().ok()?,
                    "sheetData" => {
                        found.rows = from;
                        found.prefix = tag.name().into_inner().strip_suffix("sheetData")?.to_owned();
                    }
                    "row" => row = line(tag, row)?,
                    "c" => cell = Some((column(tag, cell.as_ref().map(|cell| cell.0))?, attribute(tag, "s"))),
                    // A cell in which something stands.
                    "v" | "f" | "is" => {
                        if let Some((column, style)) = &cell {
                            found.width = found.width.max(column + 1);
                            if additions.head == Some(row) && style.is_some() {
                                found.head_style.clone_from(style);
                            }
                        }
                    }
                    "mergeCell" => {
                        let area = attribute(tag, "ref")?;
                        let right = area.rsplit(':').next().and_then(column_of)?;
                        found.width = found.width.max(right + 1);
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().into_inner() {
                    "row" => cell = None,
                    "cols" => found.widths = Some((from, last_width)),
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        (found.rows > 0).then_some(found)
    }

    /// The area that the sheet says it has, and the widths of its columns.
    fn before_rows(&self, out: &mut Out<'_>, ours: &Range<usize>, widths: &[u32]) {
        if let Some((place, area)) = &self.dimension
            && let Some(grown) = grown(area, ours.end)
        {
            out.copy_to(place.start);
            out.text
                .push_str(&out.xml[place.clone()].replace(&format!("\"{area}\""), &format!("\"{grown}\"")));
            out.skip_to(place.end);
        }
        let p = &self.prefix;
        let cols: String = ours
            .clone()
            .zip(widths)
            .map(|(at, width)| {
                let n = at + 1;
                format!("<{p}col min=\"{n}\" max=\"{n}\" width=\"{width}\" customWidth=\"1\"/>")
            })
            .collect();
        match self.widths {
            Some((end, last)) if last <= ours.start => {
                out.copy_to(end);
                out.text.push_str(&cols);
            }
            // Said already: the maker's widths stay.
            Some(_) => {}
            None => {
                out.copy_to(self.rows);
                let _ = write!(out.text, "<{p}cols>{cols}</{p}cols>");
            }
        }
    }
}

/// A row that gets cells, while it is copied.
struct Growing<'a> {
    line: u64,
    cells: &'a [Cell],
    written: bool,
    /// How the cells look that were there, empty, in our columns.
    styles: HashMap<usize, String>,
}

fn rows(out: &mut Out<'_>, additions: &Additions<'_>, survey: &Survey, ours: &Range<usize>) -> Option<()> {
    let mut reader = Reader::from_str(out.xml);
    let (mut row, mut last, mut growing) = (0_u64, None::<usize>, None::<Growing<'_>>);
    // A cell of our columns that is left out, up to its end.
    let mut inside = false;
    loop {
        let from = at(&reader);
        let event = reader.read_event().ok()?;
        let to = at(&reader);
        match &event {
            Event::Eof => return Some(()),
            Event::Start(tag) if tag.local_name().into_inner() == "row" => {
                (row, last) = (line(tag, row)?, None);
                growing = additions.rows.get(&row).map(|cells| Growing {
                    line: row,
                    cells,
                    written: false,
                    styles: HashMap::new(),
                });
                if growing.is_some() {
                    out.copy_to(from);
                    out.text.push_str(&without_spans(out.xml.get(from..to)?));
                    out.skip_to(to);
                }
            }
            Event::Empty(tag) if tag.local_name().into_inner() == "row" => row = line(tag, row)?,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "c" => {
                let column = column(tag, last)?;
                last = Some(column);
                let Some(growing) = growing.as_mut().filter(|growing| !growing.written) else {
                    continue;
                };
                if ours.contains(&column) {
                    out.copy_to(from);
                    out.skip_to(to);
                    inside = matches!(event, Event::Start(_));
                    if let Some(style) = attribute(tag, "s") {
                        growing.styles.insert(column, style);
                    }
                } else if column >= ours.end {
                    out.copy_to(from);
                    write_cells(out, growing, survey, additions, ours);
                }
            }
            Event::End(tag) if tag.local_name().into_inner() == "c" && inside => {
                out.skip_to(to);
                inside = false;
            }
            Event::End(tag) if tag.local_name().into_inner() == "row" => {
                if let Some(mut growing) = growing.take().filter(|growing| !growing.written) {
                    out.copy_to(from);
                    write_cells(out, &mut growing, survey, additions, ours);
                }
            }
            _ if inside => out.skip_to(to),
            _ => {}
        }
    }
}

fn write_cells(
    out: &mut Out<'_>,
    growing: &mut Growing<'_>,
    survey: &Survey,
    additions: &Additions<'_>,
    ours: &Range<usize>,
) {
    growing.written = true;
    let p = &survey.prefix;
    for (column, cell) in ours.clone().zip(growing.cells) {
        let usual = survey
            .head_style
            .as_ref()
            .filter(|_| additions.head == Some(growing.line));
        let style = growing.styles.get(&column).or(usual);
        let style = style.map_or_else(String::new, |style| format!(" s=\"{}\"", escaped(style)));
        let name = format!("{}{}", letters(column), growing.line);
        let _ = match cell {
            Cell::Plain(number) if number.parse::<f64>().is_ok_and(f64::is_finite) => {
                write!(out.text, "<{p}c r=\"{name}\"{style}><{p}v>{number}</{p}v></{p}c>")
            }
            Cell::Text(text) | Cell::Plain(text) if text.is_empty() => {
                if style.is_empty() {
                    continue;
                }
                write!(out.text, "<{p}c r=\"{name}\"{style}/>")
            }
            // Text, whatever it begins with: nothing in here is calculated.
            Cell::Text(text) | Cell::Plain(text) => write!(
                out.text,
                "<{p}c r=\"{name}\"{style} t=\"inlineStr\"><{p}is><{p}t xml:space=\"preserve\">{}</{p}t></{p}is></{p}c>",
                escaped(text)
            ),
        };
    }
}

fn at(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// An attribute's value, whatever namespace it is in.
pub(in crate::sheet) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .flatten()
        .find(|one| one.key.local_name().into_inner() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// A row's line; one that does not say is the next.
fn line(tag: &BytesStart<'_>, before: u64) -> Option<u64> {
    match attribute(tag, "r") {
        Some(line) => line.parse().ok(),
        None => before.checked_add(1),
    }
}

/// A cell's column, from 0; one that does not say is the next.
fn column(tag: &BytesStart<'_>, before: Option<usize>) -> Option<usize> {
    match attribute(tag, "r") {
        Some(name) => column_of(&name),
        None => Some(before.map_or(0, |before| before + 1)),
    }
}

/// The column in a cell's name such as `$BC$12`, from 0.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.chars().filter(|c| *c != '$').take_while(char::is_ascii_alphabetic);
    let column = letters.take(4).fold(0_usize, |column, letter| {
        column * 26 + (letter.to_ascii_uppercase() as usize - 'A' as usize + 1)
    });
    column.checked_sub(1).filter(|column| *column < COLUMNS)
}

/// The line and the column in a cell's name such as `BC12`: from 1, and from 0.
pub(in crate::sheet) fn cell_of(name: &str) -> Option<(u64, usize)> {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '$');
    Some((digits.parse().ok()?, column_of(name)?))
}

fn letters(column: usize) -> String {
    let (mut name, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        name.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// An area such as `A1:F301` that reaches to this many columns.
fn grown(area: &str, columns: usize) -> Option<String> {
    let (start, end) = area.split_once(':').unwrap_or((area, area));
    let row = end.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '$');
    (column_of(end)? + 1 < columns).then(|| format!("{start}:{}{row}", letters(columns - 1)))
}

/// A row says which columns it spans, to be read faster; it is true no longer.
fn without_spans(tag: &str) -> String {
    let Some(from) = tag.find(" spans=") else {
        return tag.to_owned();
    };
    let value = from + " spans=".len();
    let quote = tag.get(value..).and_then(|rest| rest.chars().next()).unwrap_or('"');
    match tag.get(value + 1..).and_then(|rest| rest.find(quote)) {
        Some(length) => [&tag[..from], &tag[value + 1 + length + 1..]].concat(),
        None => tag.to_owned(),
    }
}

/// Text for XML as spreadsheets read it: `_x0041_` would be a letter to them, and control characters are no text at all.
fn escaped(text: &str) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '_' if looks_coded(text.get(at..).unwrap_or_default()) => safe.push_str("_x005F_"),
            '\n' | '\t' => safe.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if c.is_control() => {}
            _ => safe.push(c),
        }
    }
    safe
}

fn looks_coded(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('_')
        && letters.next() == Some('x')
        && letters.by_ref().take(4).filter(char::is_ascii_hexdigit).count() == 4
        && letters.next() == Some('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(letters(column), name);
            assert_eq!(column_of(&format!("${name}$12")), Some(column));
        }
        assert_eq!((column_of("XFE1"), column_of("12"), column_of("")), (None, None, None));
        assert_eq!(grown("A1:F301", 9).as_deref(), Some("A1:I301"));
        assert_eq!(grown("A1", 2).as_deref(), Some("A1:B1"));
        assert_eq!(grown("A1:Z9", 3), None);
    }

    #[test]
    fn text_is_read_back_as_it_was() {
        assert_eq!(escaped("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(escaped("_x0041_ _x_ _x00g1_"), "_x005F_x0041_ _x_ _x00g1_");
    }
}
