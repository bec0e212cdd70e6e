//! Draws a QR code for a phone's camera: as text for a terminal, as SVG, as PNG.
//!
//! Colours are always said, dark on light, with the quiet zone of four modules that cameras need around it: on a dark
//! terminal a code in the terminal's own colours would be inverted, and half of all cameras don't read that.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

/// A QR code, drawn.
///
/// # Privacy
///
/// Whoever reads the code within its few minutes and is nearby can answer it. `Debug` shows nothing of it.
pub struct QrPicture {
    code: QrCode,
}

impl QrPicture {
    /// Draws `text`. `None` if it is longer than a QR code can be.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        Some(Self { code })
    }

    /// For a terminal: two modules in a character, black on white by colours that no theme changes (palette 16 and
    /// 231). Each line ends in a line feed and takes its colours back.
    #[must_use]
    pub fn to_terminal(&self) -> String {
        let side = self.code.width() + 2 * QUIET;
        let mut text = String::new();
        for upper in (0..side).step_by(2) {
            text.push_str("\x1b[38;5;16;48;5;231m");
            text.extend(
                (0..side).map(|x| match (self.dark(x, upper), self.dark(x, upper + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }),
            );
            text.push_str("\x1b[0m\n");
        }
        text
    }

    /// As an SVG document.
    #[must_use]
    pub fn to_svg(&self) -> String {
        self.code
            .render::<svg::Color<'_>>()
            .min_dimensions(SVG_SIDE, SVG_SIDE)
            .dark_color(svg::Color("#000000"))
            .light_color(svg::Color("#ffffff"))
            .build()
    }

    /// As a PNG picture, eight pixels for a module. `None` if there is no memory for it.
    #[must_use]
    pub fn to_png(&self) -> Option<Vec<u8>> {
        let side = u32::try_from((self.code.width() + 2 * QUIET) * SCALE).ok()?;
        let module = |pixel: u32| usize::try_from(pixel).unwrap_or(usize::MAX) / SCALE;
        let picture = GrayImage::from_fn(side, side, |x, y| {
            Luma([if self.dark(module(x), module(y)) { 0 } else { 255 }])
        });
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).ok()?;
        Some(png.into_inner())
    }

    /// Whether the module there is dark, counted with the quiet zone, which is light, as is everything beyond.
    fn dark(&self, x: usize, y: usize) -> bool {
        let width = self.code.width();
        match (x.checked_sub(QUIET), y.checked_sub(QUIET)) {
            (Some(x), Some(y)) if x < width && y < width => self.code[(x, y)] == Color::Dark,
            _ => false,
        }
    }
}

impl std::fmt::Debug for QrPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QrPicture(..)")
    }
}

/// Modules of light around a code (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;
/// Pixels of a module.
const SCALE: usize = 8;
/// Pixels of an SVG's side, at least.
const SVG_SIDE: u32 = 400;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    const TEXT: &str = "FIDO:/162870791865632382485704601785639501168705067853170222040531583136216042125";

    #[test]
    fn the_picture_holds_the_text() {
        let png = QrPicture::of(TEXT).unwrap().to_png().unwrap();
        assert_eq!(Code::from_picture(&png).unwrap().text(), TEXT);
    }

    #[test]
    fn the_terminal_shows_the_text_dark_on_light_whatever_its_own_colours() {
        let shown = QrPicture::of(TEXT).unwrap().to_terminal();
        let lines: Vec<&str> = shown.lines().collect();
        let cells = |line: &str| -> Vec<char> {
            line.strip_prefix("\x1b[38;5;16;48;5;231m")
                .and_then(|line| line.strip_suffix("\x1b[0m"))
                .unwrap()
                .chars()
                .collect()
        };
        let rows: Vec<Vec<char>> = lines.into_iter().map(cells).collect();
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let dark = |x: usize, y: usize| match rows[y / 2][x] {
            '█' => true,
            '▀' => y.is_multiple_of(2),
            '▄' => !y.is_multiple_of(2),
            _ => false,
        };
        let picture = GrayImage::from_fn(
            u32::try_from(rows[0].len() * 6).unwrap(),
            u32::try_from(rows.len() * 12).unwrap(),
            |x, y| {
                let module = |pixel: u32| usize::try_from(pixel).unwrap() / 6;
                Luma([if dark(module(x), module(y)) { 0 } else { 255 }])
            },
        );
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).unwrap();
        assert_eq!(Code::from_picture(&png.into_inner()).unwrap().text(), TEXT);
    }

    #[test]
    fn the_svg_says_its_colours() {
        let svg = QrPicture::of(TEXT).unwrap().to_svg();
        assert!(svg.contains("<svg") && svg.contains("#000000") && svg.contains("#ffffff"));
    }
}
