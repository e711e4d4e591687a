//! Why a picture is not taken.

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFault {
    /// Its size cannot be read.
    Broken,
    /// It has too many pixels a side.
    TooManyPixels {
        /// In pixels.
        width: usize,
        /// In pixels.
        height: usize,
    },
}

impl PictureFault {
    /// The rule that the field breaks.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Broken => "must be a picture that can be read",
            Self::TooManyPixels { .. } => "must be at most 4096 pixels wide and high",
        }
    }
}
