//! The closed sets of words that the service takes: models, ratios, resolutions, modes.
//!
//! Which combinations are allowed (reference mode takes one model only, say) is not decided here: the documents
//! disagree over time, so the engine checks what it knows and the service has the last word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is none of the words a field takes. Its message names the allowed ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a {what}; allowed are {allowed}")]
pub struct NotAWireValue {
    /// What was being read, as a noun.
    pub what: &'static str,
    /// The text that was given.
    pub given: String,
    /// The allowed words, separated by commas.
    pub allowed: String,
}

macro_rules! wire_words {
    ($(#[$about:meta])* $name:ident, $what:literal, { $($(#[$note:meta])* $variant:ident = $wire:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$note])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that crosses the wire.
            pub const fn as_wire(self) -> &'static str {
                match self { $(Self::$variant => $wire,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_wire())
            }
        }

        impl FromStr for $name {
            type Err = NotAWireValue;

            /// Reads the wire word in any case, spaces around it ignored.
            fn from_str(text: &str) -> Result<Self, NotAWireValue> {
                let wanted = text.trim();
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_wire().eq_ignore_ascii_case(wanted))
                    .ok_or_else(|| NotAWireValue {
                        what: $what,
                        given: text.to_owned(),
                        allowed: [$($wire,)+].join(", "),
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_wire())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

wire_words!(
    /// The tier that generates and is billed.
    #[derive(Default)]
    Model, "model", {
        /// The dearest and best.
        Quality = "veo3",
        /// What the service takes when nothing is said.
        #[default]
        Fast = "veo3_fast",
        /// The cheapest.
        Lite = "veo3_lite",
    }
);

wire_words!(
    /// The shape of the picture.
    #[derive(Default)]
    AspectRatio, "aspect ratio", {
        /// Wide; what the service takes when nothing is said.
        #[default]
        Landscape = "16:9",
        /// Tall.
        Portrait = "9:16",
        /// Whichever of the two the seed image is nearer to; the image is cropped at its centre.
        Auto = "Auto",
    }
);

wire_words!(
    /// The height of the picture; priced differently.
    #[derive(Default)]
    Resolution, "resolution", {
        /// What the service takes when nothing is said.
        #[default]
        P720 = "720p",
        /// Full HD.
        P1080 = "1080p",
        /// Ultra HD, several times the price.
        K4 = "4k",
    }
);

wire_words!(
    /// What the images of a request are for. Not sent, the service chooses from their presence.
    GenerationType, "generation type", {
        /// No image.
        Text = "TEXT_2_VIDEO",
        /// One image to animate around, or two: the first frame and the last.
        Frames = "FIRST_AND_LAST_FRAMES_2_VIDEO",
        /// One to three images of what should appear.
        Reference = "REFERENCE_2_VIDEO",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case_and_written_as_documented() {
        assert_eq!("VEO3_Fast ".parse(), Ok(Model::Fast));
        assert_eq!("auto".parse(), Ok(AspectRatio::Auto));
        assert_eq!("4K".parse(), Ok(Resolution::K4));
        assert_eq!(AspectRatio::Auto.to_string(), "Auto");
        let stored = serde_json::to_string(&GenerationType::Reference).unwrap();
        assert_eq!(stored, "\"REFERENCE_2_VIDEO\"");
        assert_eq!(
            serde_json::from_str::<GenerationType>(&stored).unwrap(),
            GenerationType::Reference
        );
    }

    #[test]
    fn a_wrong_word_is_told_with_the_right_ones() {
        let error = "veo2".parse::<Model>().unwrap_err().to_string();
        assert_eq!(error, "\"veo2\" is not a model; allowed are veo3, veo3_fast, veo3_lite");
    }
}
