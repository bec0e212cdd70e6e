// Brightness of pixels, as ITU-R BT.601 weighs the colours: one byte for each pixel.

export function luma(rgba: Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array(rgba.length / 4)
  for (let pixel = 0, at = 0; pixel < out.length; pixel++, at += 4) {
    out[pixel] = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29) >> 8
  }
  return out
}
