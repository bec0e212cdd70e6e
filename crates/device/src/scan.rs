//! Finds the `FIDO:/` QR code in a picture: a screenshot, a photo, a file.
//!
//! Picture bytes → luma (within [`MAX_FILE_BYTES`] and [`MAX_SIDE_PIXELS`]) → every QR code in it → the one text that
//! starts with `FIDO:/`. Chromium draws round dots with a logo in the middle, which is why the decoder is `rxing`;
//! a picture of low contrast is stretched and tried once more.

use std::collections::HashSet;
use std::fmt;
use std::io::Cursor;

use image::{GrayImage, ImageReader, Limits};
use rxing::{BarcodeFormat, DecodeHints};
use zeroize::Zeroizing;

/// The text of a QR code and where it came from.
///
/// # Privacy
///
/// Holds the QR secret: whoever reads the text within its few minutes can stand in for this device. `Debug` prints
/// the source only.
pub struct Code {
    text: Zeroizing<String>,
    source: CodeSource,
}

/// Where a QR code came from. Only someone in front of the screen can point a camera at it; text and pictures can be
/// sent from anywhere, so the question says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSource {
    /// Typed, pasted or piped text.
    Text,
    /// A picture file.
    Picture,
}

impl Code {
    /// Takes a code's text as it is; surrounding white space does not count.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self {
            text: Zeroizing::new(text.trim().to_owned()),
            source: CodeSource::Text,
        }
    }

    /// Reads the code from the bytes of a PNG, JPEG or WebP picture; the first, if there are several.
    ///
    /// # Errors
    ///
    /// [`ScanError`] says whether it is no such picture, too large, holds no QR code, or only foreign ones.
    pub fn from_picture(bytes: &[u8]) -> Result<Self, ScanError> {
        first(Self::all_from_picture(bytes)?)
    }

    /// Reads all sign-in codes from the bytes of a picture, each once, at least one.
    ///
    /// # Errors
    ///
    /// As [`from_picture`](Self::from_picture).
    pub fn all_from_picture(bytes: &[u8]) -> Result<Vec<Self>, ScanError> {
        Self::from_grey(read_luma(bytes)?)
    }

    /// Reads the code from brightness alone: `width` × `height` bytes, line by line, 0 black.
    ///
    /// # Errors
    ///
    /// As [`from_picture`](Self::from_picture); [`ScanError::TooLarge`] also where the sides don't fit the bytes.
    pub fn from_luma(width: u32, height: u32, luma: Vec<u8>) -> Result<Self, ScanError> {
        first(Self::all_from_luma(width, height, luma)?)
    }

    /// Reads all sign-in codes from brightness alone, each once, at least one.
    ///
    /// # Errors
    ///
    /// As [`from_luma`](Self::from_luma).
    pub fn all_from_luma(width: u32, height: u32, luma: Vec<u8>) -> Result<Vec<Self>, ScanError> {
        if width.max(height) > MAX_SIDE_PIXELS {
            return Err(ScanError::TooLarge);
        }
        // Too few bytes are no picture; more than there are pixels would be left over.
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        if u64::try_from(luma.len()) != Ok(pixels) {
            return Err(ScanError::TooLarge);
        }
        Self::from_grey(GrayImage::from_raw(width, height, luma).ok_or(ScanError::TooLarge)?)
    }

    fn from_grey(luma: GrayImage) -> Result<Vec<Self>, ScanError> {
        let mut texts = match find_codes(&luma) {
            codes if codes.is_empty() => find_codes(&stretch_contrast(luma)),
            codes => codes,
        };
        if texts.is_empty() {
            return Err(ScanError::NoCode);
        }
        texts.retain(|text| is_fido(text));
        if texts.is_empty() {
            return Err(ScanError::OnlyOtherCodes);
        }
        let mut codes: Vec<Self> = Vec::new();
        for text in texts {
            if !codes.iter().any(|code| *code.text == *text) {
                codes.push(Self {
                    text,
                    source: CodeSource::Picture,
                });
            }
        }
        Ok(codes)
    }

    /// The text, `FIDO:/` and digits if it is one of ours.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it came from.
    #[must_use]
    pub fn source(&self) -> CodeSource {
        self.source
    }
}

fn first(codes: Vec<Code>) -> Result<Code, ScanError> {
    codes.into_iter().next().ok_or(ScanError::NoCode)
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Why no code could be read from a picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The file is larger than any screenshot or photo.
    #[error("the picture is larger than {} MiB", MAX_FILE_BYTES / (1024 * 1024))]
    TooLarge,
    /// The bytes are no picture in a format that we read, or a damaged one.
    #[error("not a PNG, JPEG or WebP picture")]
    NotAPicture(#[source] image::ImageError),
    /// There is no QR code to be seen.
    #[error("no QR code in the picture")]
    NoCode,
    /// There are QR codes, and none is for signing in.
    #[error("the picture's QR code is not a sign-in code")]
    OnlyOtherCodes,
}

/// Room for an 8K screenshot or a large photo.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Wider than an 8K screen pair; a decoder needs a few bytes for each pixel.
const MAX_SIDE_PIXELS: u32 = 16_384;
const MAX_DECODED_BYTES: u64 = 512 * 1024 * 1024;

fn read_luma(bytes: &[u8]) -> Result<GrayImage, ScanError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ScanError::TooLarge);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PIXELS);
    limits.max_image_height = Some(MAX_SIDE_PIXELS);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| ScanError::NotAPicture(image::ImageError::IoError(error)))?;
    reader.limits(limits);
    Ok(reader.decode().map_err(ScanError::NotAPicture)?.into_luma8())
}

fn find_codes(luma: &GrayImage) -> Vec<Zeroizing<String>> {
    let mut hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    rxing::helpers::detect_multiple_in_luma_with_hints(
        luma.as_raw().clone(),
        luma.width(),
        luma.height(),
        &mut hints,
    )
    .unwrap_or_default()
    .iter()
    .map(|code| Zeroizing::new(code.getText().to_owned()))
    .collect()
}

fn is_fido(text: &str) -> bool {
    text.get(..PREFIX.len())
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX))
}

const PREFIX: &str = "FIDO:/";

/// Spreads the grey values over the whole range.
fn stretch_contrast(mut luma: GrayImage) -> GrayImage {
    let (low, high) = luma.iter().fold((u8::MAX, u8::MIN), |(low, high), &value| {
        (low.min(value), high.max(value))
    });
    let range = u16::from(high.saturating_sub(low)).max(1);
    for value in luma.iter_mut() {
        let stretched = u16::from(value.saturating_sub(low)) * u16::from(u8::MAX) / range;
        *value = u8::try_from(stretched).unwrap_or(u8::MAX);
    }
    luma
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Luma};
    use qrcode::{EcLevel, QrCode};

    const CODE: &str =
        "FIDO:/214514853022271063794875591137230924345700485715799297252943860937263138404304920136300000";

    fn picture(text: &str, dark: u8, light: u8) -> Vec<u8> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let side = u32::try_from(code.width()).unwrap();
        let modules = code.to_colors();
        let luma = GrayImage::from_fn((side + 8) * 4, (side + 8) * 4, |x, y| {
            let module = |v: u32| (v / 4).checked_sub(4).filter(|v| *v < side);
            let is_dark = match (module(x), module(y)) {
                (Some(x), Some(y)) => modules[usize::try_from(y * side + x).unwrap()] == qrcode::Color::Dark,
                _ => false,
            };
            Luma([if is_dark { dark } else { light }])
        });
        let mut bytes = Vec::new();
        luma.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn screenshots_of_chromium_are_read() {
        for file in ["chromium156_create.png", "chromium156_get.png"] {
            let bytes = std::fs::read(format!("tests/images/{file}")).unwrap();
            let code = Code::from_picture(&bytes).unwrap();
            assert!(is_fido(code.text()), "{file}");
            assert_eq!(code.source(), CodeSource::Picture);
        }
    }

    #[test]
    fn a_screenshot_without_a_code_says_so() {
        let bytes = std::fs::read("tests/images/chromium156_no_code.png").unwrap();
        assert!(matches!(Code::from_picture(&bytes), Err(ScanError::NoCode)));
    }

    #[test]
    fn plain_inverted_and_faint_codes_are_read() {
        for (dark, light) in [(0, 255), (255, 0), (118, 136)] {
            assert_eq!(
                Code::from_picture(&picture(CODE, dark, light)).unwrap().text(),
                CODE,
                "{dark}/{light}"
            );
        }
    }

    #[test]
    fn a_foreign_qr_code_is_named_as_such() {
        let bytes = picture("https://example.org/", 0, 255);
        assert!(matches!(
            Code::from_picture(&bytes),
            Err(ScanError::OnlyOtherCodes)
        ));
    }

    #[test]
    fn of_several_codes_each_is_told_once() {
        let one = read_luma(&picture(CODE, 0, 255)).unwrap();
        let other = CODE.replace("FIDO:/2145", "FIDO:/5412");
        let other = read_luma(&picture(&other, 0, 255)).unwrap();
        let (side, _) = one.dimensions();
        let mut both = GrayImage::from_pixel(side * 3, side, Luma([255]));
        for (number, part) in (0..).zip([&one, &other, &one]) {
            image::imageops::replace(&mut both, part, i64::from(side) * number, 0);
        }
        let codes = Code::all_from_luma(side * 3, side, both.into_raw()).unwrap();
        assert_eq!(codes.len(), 2);
        assert!(codes.iter().any(|code| code.text() == CODE));
    }

    #[test]
    fn bytes_that_are_no_picture_are_refused() {
        for bytes in [&b""[..], b"FIDO:/123", b"\x89PNG\r\n\x1a\n"] {
            assert!(matches!(
                Code::from_picture(bytes),
                Err(ScanError::NotAPicture(_))
            ));
        }
    }

    #[test]
    fn a_picture_cut_off_anywhere_is_refused_without_a_panic() {
        let whole = picture(CODE, 0, 255);
        for end in (0..whole.len()).step_by(97) {
            assert!(Code::from_picture(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn brightness_alone_is_read_and_must_fit_its_sides() {
        let whole = read_luma(&picture(CODE, 0, 255)).unwrap();
        let (width, height) = whole.dimensions();
        let luma = whole.into_raw();
        assert_eq!(Code::from_luma(width, height, luma.clone()).unwrap().text(), CODE);
        assert!(matches!(
            Code::from_luma(width, height + 1, luma.clone()),
            Err(ScanError::TooLarge)
        ));
        assert!(matches!(
            Code::from_luma(u32::MAX, u32::MAX, luma),
            Err(ScanError::TooLarge)
        ));
    }

    #[test]
    fn the_text_never_shows_in_debug_output() {
        assert_eq!(
            format!("{:?}", Code::from_text(CODE)),
            "Code { source: Text, .. }"
        );
    }
}
