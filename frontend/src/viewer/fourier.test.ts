import { describe, expect, it } from 'vitest'
import { complexImage, fourier, inverseFourier, powerOfTwoFrom } from './fourier'
import { randomNumbers } from './testing'

function randomImage(rows: number, columns: number) {
  const random = randomNumbers(5)
  const image = complexImage(rows, columns)
  image.real.forEach((_, i) => (image.real[i] = random() - 0.5))
  image.imaginary.forEach((_, i) => (image.imaginary[i] = random() - 0.5))
  return image
}

const copied = (image: ReturnType<typeof complexImage>) => ({
  ...image,
  real: image.real.slice(),
  imaginary: image.imaginary.slice(),
})

/** By the definition, term by term. */
function term(image: ReturnType<typeof complexImage>, k: number, l: number) {
  let real = 0
  let imaginary = 0
  image.real.forEach((a, i) => {
    const [row, column] = [Math.floor(i / image.columns), i % image.columns]
    const angle = -2 * Math.PI * ((k * row) / image.rows + (l * column) / image.columns)
    const b = image.imaginary[i] ?? 0
    real += a * Math.cos(angle) - b * Math.sin(angle)
    imaginary += a * Math.sin(angle) + b * Math.cos(angle)
  })
  return { real, imaginary }
}

describe('the Fourier transform', () => {
  it('is the sum that defines it', () => {
    const image = randomImage(8, 16)
    const transformed = copied(image)
    fourier(transformed)
    transformed.real.forEach((real, i) => {
      const expected = term(image, Math.floor(i / 16), i % 16)
      expect(real).toBeCloseTo(expected.real, 10)
      expect(transformed.imaginary[i]).toBeCloseTo(expected.imaginary, 10)
    })
  })

  it('is undone by its inverse', () => {
    const image = randomImage(4, 32)
    const there = copied(image)
    fourier(there)
    inverseFourier(there)
    there.real.forEach((real, i) => {
      expect(real).toBeCloseTo(image.real[i] ?? 0, 12)
      expect(there.imaginary[i]).toBeCloseTo(image.imaginary[i] ?? 0, 12)
    })
  })

  it('leaves a single value as it is', () => {
    const image = complexImage(1, 1)
    image.real[0] = 7
    fourier(image)
    expect(image.real[0]).toBe(7)
  })

  it('takes lengths up to the next power of two', () => {
    expect([1, 2, 3, 500, 512, 513].map(powerOfTwoFrom)).toEqual([1, 2, 4, 512, 512, 1024])
  })
})
