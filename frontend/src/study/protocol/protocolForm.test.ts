import { describe, expect, it } from 'vitest'
import { documentOf, differs, formOf, numberIn, previewOf } from './protocolForm'
import { fullProtocol } from './testing'

describe('the form of a protocol', () => {
  it('stands for the very document it was made from', () => {
    expect(documentOf(formOf(fullProtocol))).toEqual(fullProtocol)
    const plain = { ...fullProtocol, calibration: null, repeats: null, cases_per_day: null }
    expect(documentOf(formOf(plain))).toEqual(plain)
  })

  it('has usual numbers ready for what is switched on later', () => {
    const form = formOf({ ...fullProtocol, calibration: null, repeats: null })
    const switchedOn = {
      ...form,
      calibration: { ...form.calibration, on: true },
      repeats: { ...form.repeats, on: true },
    }
    expect(documentOf(switchedOn).calibration).toEqual({
      cases: 5,
      pass_mark: 0.8,
      tolerance_levels: 1,
    })
    expect(documentOf(switchedOn).repeats).toEqual({ share: 0.1, minimum: 30, washout_days: 28 })
  })

  it('moves all values and the cut-point with the lowest level', () => {
    const document = documentOf({ ...formOf(fullProtocol), lowest: 1 })
    expect(document.levels.map(({ value }) => value)).toEqual([1, 2, 3])
    expect(document.high_from).toBe(3)
  })

  it('hands an empty number on as missing, for the server to say so', () => {
    expect(documentOf({ ...formOf(fullProtocol), seed: '' }).seed).toBeNull()
    expect(documentOf({ ...formOf(fullProtocol), casesPerDay: '' }).cases_per_day).toBeNull()
    expect([numberIn(' '), numberIn('-'), numberIn('12'), numberIn(0)]).toEqual([null, null, 12, 0])
  })

  it('knows whether it says anything new', () => {
    const form = formOf(fullProtocol)
    expect(differs(form, fullProtocol)).toBe(false)
    expect(differs({ ...form, title: 'Another' }, fullProtocol)).toBe(true)
    const readBack = JSON.parse(JSON.stringify(form)) as typeof form
    expect(differs(readBack, fullProtocol)).toBe(false)
  })

  it('shows raters a place for what is not named yet', () => {
    const form = formOf(fullProtocol)
    const preview = previewOf({
      ...form,
      title: '',
      levels: form.levels.map((level) => ({ ...level, name: ' ' })),
    })
    expect(preview.title).toBe('Quality of the segmentation')
    expect(preview.levels.map(({ name }) => name)).toEqual([
      'Not named yet',
      'Not named yet',
      'Not named yet',
    ])
    expect(preview.territories?.[1]).toEqual({ code: 'ba', label: 'BA', required: false })
  })
})
