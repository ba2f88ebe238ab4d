//! The samples of a fixture, to be written again in other layouts.

use super::boxes::{find, list, number};

/// One track.
#[derive(Clone)]
pub(super) struct Track {
    /// Ticks in a second.
    pub(super) timescale: usize,
    /// `vide` or `soun`.
    pub(super) handler: [u8; 4],
    /// The sample description, whole.
    pub(super) stsd: Vec<u8>,
    /// What is shown or heard.
    pub(super) samples: Vec<Vec<u8>>,
    /// How long each lasts, in ticks; one value for all is enough here.
    pub(super) each: usize,
}

impl Track {
    /// The length in ticks of a movie of a thousand a second.
    pub(super) fn millis(&self) -> usize {
        self.samples.len() * self.each * 1000 / self.timescale
    }
}

/// The tracks of a plain file.
pub(super) fn tracks(bytes: &[u8]) -> Vec<Track> {
    let moov = find(bytes, 0..bytes.len(), &[b"moov"]).unwrap();
    let traks = list(bytes, moov).into_iter().filter(|(kind, _)| kind == b"trak");
    traks
        .map(|(_, place)| {
            let body = place.start + 8..place.end;
            let within = |path: &[&[u8; 4]]| find(bytes, body.clone(), path).unwrap().start;
            let table = |kind| within(&[b"mdia", b"minf", b"stbl", kind]);
            let (sizes, runs, stts, stsd) = (table(b"stsz"), table(b"stsc"), table(b"stts"), table(b"stsd") - 8);
            let stco = table(b"stco");
            let count = number(bytes, sizes + 8, 4);
            let mut samples = Vec::new();
            let (mut run, runs_count) = (0, number(bytes, runs + 4, 4));
            for chunk in 0..number(bytes, stco + 4, 4) {
                while run + 1 < runs_count && number(bytes, runs + 8 + (run + 1) * 12, 4) <= chunk + 1 {
                    run += 1;
                }
                let mut at = number(bytes, stco + 8 + chunk * 4, 4);
                for _ in 0..number(bytes, runs + 12 + run * 12, 4) {
                    let size = match number(bytes, sizes + 4, 4) {
                        0 => number(bytes, sizes + 12 + samples.len() * 4, 4),
                        same => same,
                    };
                    samples.push(bytes[at..at + size].to_vec());
                    at += size;
                }
            }
            assert_eq!(samples.len(), count, "the fixture is read whole");
            let hdlr = within(&[b"mdia", b"hdlr"]);
            Track {
                timescale: number(bytes, within(&[b"mdia", b"mdhd"]) + 12, 4),
                handler: bytes[hdlr + 8..hdlr + 12].try_into().unwrap(),
                stsd: bytes[stsd..stsd + number(bytes, stsd, 4)].to_vec(),
                samples,
                each: number(bytes, stts + 12, 4),
            }
        })
        .collect()
}
