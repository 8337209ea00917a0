import { describe, expect, it } from 'vitest'
import { waitingRun } from '../../tests/images'
import { imageInWords, isBeingPainted, newLook, pictureOf, whyNotYet, withSeen } from './look'

const run = waitingRun({ preview_count: 2 })

describe('whyNotYet', () => {
  it('wants every frame seen', () => {
    const look = withSeen(withSeen(newLook(run), 0), 0)
    expect(whyNotYet(run, look)).toContain('1 of 2 seen')
  })

  it('then wants the phase of a run, but not of a CT', () => {
    const look = withSeen(withSeen(newLook(run), 0), 1)
    expect(whyNotYet(run, look)).toContain('before or after')
    expect(whyNotYet(run, { ...look, phase: 'before' })).toBe('')
    expect(whyNotYet(waitingRun({ kind: 'NCCT', preview_count: 2 }), look)).toBe('')
  })

  it('begins with the proposed phase', () => {
    expect(newLook(waitingRun({ proposed_phase: 'after' })).phase).toBe('after')
  })

  it('never lets go what nobody can look at', () => {
    const blind = waitingRun({ preview_count: 0 })
    expect(whyNotYet(blind, newLook(blind))).toContain('no pictures')
  })
})

describe('isBeingPainted', () => {
  it('is so while the build waits or runs, not once it failed', () => {
    const build = { state: 'running' as const, progress: 0, error: '' }
    expect(isBeingPainted(waitingRun({ build }))).toBe(true)
    expect(isBeingPainted(waitingRun({ build: { ...build, state: 'failed' } }))).toBe(false)
    expect(isBeingPainted(run)).toBe(false)
  })
})

describe('pictureOf', () => {
  const box = { left: 1, top: 1, width: 9, height: 9, frame: 119 }

  it('is the frame itself of a run', () => {
    expect(pictureOf(waitingRun({ preview_count: 4 }), { ...box, frame: 3 })).toBe(3)
    expect(pictureOf(run, { ...box, frame: null })).toBeNull()
  })

  it('is the one of that slice of a CT, which may have more slices than pictures', () => {
    const geometry = { size: [512, 512, 160], spacing_mm: null, tilt_deg: null, orientation: '' }
    const picture_frames = [0, 53, 106, 119, 159]
    const head = waitingRun({ kind: 'NCCT', preview_count: 5, picture_frames, geometry })
    expect(pictureOf(head, box)).toBe(3)
    expect(imageInWords(head, 3)).toBe('slice 120 of 160')
    expect(imageInWords(run, 1)).toBe('frame 2 of 4')
  })
})
