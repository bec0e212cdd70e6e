//! Pictures of the desktop, as the decoder wants them.

use gtk::gdk_pixbuf::Pixbuf;
use roamkey_device::{Code, ErrorCode, Failure};

/// A picture in brightness alone.
pub(super) struct Luma {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Luma {
    /// Takes the brightness of 8-bit RGB or RGBA, weighed as ITU-R BT.601 does.
    pub(super) fn of(pixbuf: &Pixbuf) -> Option<Self> {
        let (width, height) = (
            usize::try_from(pixbuf.width()).ok()?,
            usize::try_from(pixbuf.height()).ok()?,
        );
        let (line, channels) = (
            usize::try_from(pixbuf.rowstride()).ok()?,
            usize::try_from(pixbuf.n_channels()).ok()?,
        );
        let bytes = pixbuf.read_pixel_bytes();
        let mut pixels = Vec::with_capacity(width.saturating_mul(height));
        // The last line may be cut off after its last pixel.
        for row in bytes.chunks(line).take(height) {
            let row = row.get(..width.saturating_mul(channels))?;
            pixels.extend(row.chunks_exact(channels).filter_map(brightness));
        }
        Some(Self {
            width: u32::try_from(width).ok()?,
            height: u32::try_from(height).ok()?,
            pixels,
        })
    }

    /// The codes in it, at least one.
    pub(super) fn decode(self) -> Result<Vec<Code>, ErrorCode> {
        Code::all_from_luma(self.width, self.height, self.pixels).map_err(|error| Failure::Scan(error).code())
    }
}

fn brightness(pixel: &[u8]) -> Option<u8> {
    let [red, green, blue, ..] = *pixel else {
        return None;
    };
    let weighed = u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29;
    u8::try_from(weighed >> 8).ok()
}
