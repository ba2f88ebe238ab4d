//! Pictures of the window in few bytes: with at most 256 colours, which a window with a few posters hardly shows.

use std::collections::HashMap;

use image::RgbImage;

type Colour = [u8; 3];

/// The most colours that one byte can name.
const MOST: usize = 256;

/// The picture as a PNG with a table of colours.
pub(crate) fn packed(picture: &RgbImage) -> Vec<u8> {
    let mut counts: HashMap<Colour, u32> = HashMap::new();
    for pixel in picture.pixels() {
        *counts.entry(pixel.0).or_default() += 1;
    }
    let (table, places) = table(counts);
    let bytes: Vec<u8> = picture.pixels().map(|pixel| places[&pixel.0]).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(table.concat());
    encoder.set_compression(png::Compression::High);
    // Neighbours in a table of colours are no neighbours to the eye.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("a head is written");
    writer.write_image_data(&bytes).expect("pixels are written");
    writer.finish().expect("a picture is written");
    png
}

/// The colours to be used, and which of them stands for each one that is there: the widest box of colours is cut in two
/// at its middle pixel until there are enough boxes.
fn table(counts: HashMap<Colour, u32>) -> (Vec<Colour>, HashMap<Colour, u8>) {
    let mut all: Vec<(Colour, u32)> = counts.into_iter().collect();
    // A map has no order, and the same window shall give the same bytes.
    all.sort_unstable();
    let mut boxes = vec![all];
    while boxes.len() < MOST {
        let widest = (0..boxes.len()).max_by_key(|at| weight(&boxes[*at]));
        let Some(at) = widest.filter(|at| boxes[*at].len() > 1) else {
            break;
        };
        let (channel, _) = width(&boxes[at]);
        let mut low = boxes.swap_remove(at);
        low.sort_unstable_by_key(|(colour, _)| (colour[channel], *colour));
        let half = low.iter().map(|(_, count)| u64::from(*count)).sum::<u64>() / 2;
        let mut passed = 0;
        let middle = low.iter().position(|(_, count)| {
            passed += u64::from(*count);
            passed > half
        });
        let high = low.split_off(middle.unwrap_or(0).clamp(1, low.len() - 1));
        boxes.extend([low, high]);
    }
    let mut places = HashMap::new();
    let table = boxes.iter().enumerate().map(|(place, colours)| {
        let place = u8::try_from(place).expect("a byte names every colour");
        places.extend(colours.iter().map(|(colour, _)| (*colour, place)));
        // The most frequent one, not a mean: large areas keep their very colour.
        colours
            .iter()
            .max_by_key(|(colour, count)| (*count, *colour))
            .map_or([0; 3], |(colour, _)| *colour)
    });
    (table.collect(), places)
}

/// The channel in which a box is widest, and how wide.
fn width(colours: &[(Colour, u32)]) -> (usize, u8) {
    let wide = |channel: usize| {
        let values = colours.iter().map(move |(colour, _)| colour[channel]);
        values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
    };
    (0..3)
        .map(|channel| (channel, wide(channel)))
        .max_by_key(|(_, wide)| *wide)
        .unwrap_or((0, 0))
}

/// How much a box wants to be cut: its width, and a little how many pixels it stands for.
fn weight(colours: &[(Colour, u32)]) -> u64 {
    let pixels: u64 = colours.iter().map(|(_, count)| u64::from(*count)).sum();
    let (_, wide) = width(colours);
    u64::from(wide) * u64::from(wide) * u64::from(pixels.ilog2() + 1)
}
