/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/** The discrete Fourier transform of complex images whose sides are powers of two, in place. */

export interface ComplexImage {
  rows: number
  columns: number
  real: Float64Array
  imaginary: Float64Array
}

export function complexImage(rows: number, columns: number): ComplexImage {
  const length = rows * columns
  return { rows, columns, real: new Float64Array(length), imaginary: new Float64Array(length) }
}

export function powerOfTwoFrom(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, length)))
}

/** X(k, l) = Σ x(m, n) exp(−2πi (km/rows + ln/columns)). */
export function fourier(image: ComplexImage): void {
  const { rows, columns, real, imaginary } = image
  const alongRow = new Transform(columns)
  for (let row = 0; row < rows; row += 1) alongRow.apply(real, imaginary, row * columns, 1)
  const alongColumn = new Transform(rows)
  for (let column = 0; column < columns; column += 1) {
    alongColumn.apply(real, imaginary, column, columns)
  }
}

/** Undoes {@link fourier}. */
export function inverseFourier(image: ComplexImage): void {
  const { real, imaginary } = image
  // The inverse is the transform with real and imaginary parts changed over, but for the scale.
  fourier({ ...image, real: imaginary, imaginary: real })
  for (let i = 0; i < real.length; i += 1) {
    real[i]! /= real.length
    imaginary[i]! /= real.length
  }
}

/** Cooley and Tukey's transform, radix 2, of one length. */
class Transform {
  private readonly cosines: Float64Array
  private readonly sines: Float64Array
  private readonly places: Uint32Array
  private readonly real: Float64Array
  private readonly imaginary: Float64Array

  constructor(private readonly length: number) {
    const half = length / 2
    this.cosines = Float64Array.from({ length: half }, (_, i) => Math.cos((Math.PI * i) / half))
    this.sines = Float64Array.from({ length: half }, (_, i) => -Math.sin((Math.PI * i) / half))
    this.places = new Uint32Array(length)
    for (let i = 1; i < length; i += 1) {
      this.places[i] = (this.places[i >> 1]! >> 1) | (i & 1 ? half : 0)
    }
    this.real = new Float64Array(length)
    this.imaginary = new Float64Array(length)
  }

  /** Transform the line that begins at `start` and takes every `stride`th value. */
  apply(real: Float64Array, imaginary: Float64Array, start: number, stride: number): void {
    for (let i = 0; i < this.length; i += 1) {
      const from = start + this.places[i]! * stride
      this.real[i] = real[from]!
      this.imaginary[i] = imaginary[from]!
    }
    for (let half = 1; half < this.length; half *= 2) this.combine(half)
    for (let i = 0; i < this.length; i += 1) {
      real[start + i * stride] = this.real[i]!
      imaginary[start + i * stride] = this.imaginary[i]!
    }
  }

  /** Make transforms of length 2·`half` of those of length `half`. */
  private combine(half: number): void {
    const { length, real, imaginary, cosines, sines } = this
    const turn = length / (2 * half)
    for (let block = 0; block < length; block += 2 * half) {
      for (let i = 0; i < half; i += 1) {
        const upper = block + i
        const lower = upper + half
        const cosine = cosines[i * turn]!
        const sine = sines[i * turn]!
        const turnedReal = real[lower]! * cosine - imaginary[lower]! * sine
        const turnedImaginary = real[lower]! * sine + imaginary[lower]! * cosine
        real[lower] = real[upper]! - turnedReal
        imaginary[lower] = imaginary[upper]! - turnedImaginary
        real[upper]! += turnedReal
        imaginary[upper]! += turnedImaginary
      }
    }
  }
}
