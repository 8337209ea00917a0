import { describe, expect, it } from 'vitest'
import { meaningOf, SHORTCUTS } from './releaseKeys'

function press(key: string, more: Partial<KeyboardEvent> = {}) {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false }
  return { ...none, key, target: document.body, ...more }
}

describe('the keys of the release page', () => {
  it('mean one thing each', () => {
    const keys = SHORTCUTS.groups.flatMap(({ shortcuts }) => shortcuts.flatMap((one) => one.keys))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('page through frames, but move the chosen rectangle', () => {
    expect(meaningOf(press('ArrowRight'), false)).toEqual({ command: 'next picture' })
    expect(meaningOf(press('ArrowRight'), true)).toEqual({ nudge: { how: 'move', dx: 4, dy: 0 } })
    expect(meaningOf(press('ArrowUp', { shiftKey: true }), true)).toEqual({
      nudge: { how: 'size', dx: 0, dy: -4 },
    })
  })

  it('decide once, however long a key is held', () => {
    expect(meaningOf(press('R'), false)).toEqual({ command: 'release' })
    expect(meaningOf(press('r', { repeat: true }), false)).toBeNull()
    expect(meaningOf(press('ArrowRight', { repeat: true }), false)).not.toBeNull()
  })

  it('leave text fields and dialogs alone', () => {
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    const button = dialog.appendChild(document.createElement('button'))
    expect(meaningOf(press('r', { target: document.createElement('textarea') }), false)).toBeNull()
    expect(meaningOf(press('r', { target: button }), false)).toBeNull()
  })

  it('work after a click on before or after, but leave it its arrows', () => {
    const radio = document.createElement('input')
    radio.type = 'radio'
    expect(meaningOf(press('r', { target: radio }), false)).toEqual({ command: 'release' })
    expect(meaningOf(press('ArrowDown', { target: radio }), false)).toBeNull()
    expect(meaningOf(press('ArrowLeft', { target: radio }), false)).toBeNull()
  })

  it('undo by the usual key as well', () => {
    expect(meaningOf(press('z', { ctrlKey: true }), false)).toEqual({ command: 'undo' })
    expect(meaningOf(press('r', { ctrlKey: true }), false)).toBeNull()
  })
})
