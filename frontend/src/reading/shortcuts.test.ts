import { afterEach, describe, expect, it, vi } from 'vitest'
import { keyOf, meaningOf, SHORTCUTS } from './shortcuts'

const LEVELS = [1, 2, 3, 4].map((value) => ({ value, name: `Level ${value}`, anchor: '' }))

function press(key: string, target: EventTarget | null = document.body, held: object = {}) {
  const keys = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }
  return meaningOf({ key, target, ...keys }, LEVELS)
}

function element(html: string): Element {
  document.body.innerHTML = html
  const found = document.body.querySelector('[data-target]')
  if (!found) throw new Error('mark one element as data-target')
  return found
}

/** jsdom has no :focus-visible of its own: a browser sets it after the keyboard, not the mouse. */
function userReaches(button: Element, how: 'by keyboard' | 'by mouse') {
  vi.spyOn(button, 'closest').mockImplementation((selector: string) => {
    if (selector.endsWith(':focus-visible')) return how === 'by keyboard' ? button : null
    return Element.prototype.closest.call(button, selector)
  })
}

afterEach(() => {
  document.body.innerHTML = ''
})

describe('keys of the reading room', () => {
  it('give the grades of the protocol', () => {
    expect(press('3')).toEqual({ grade: 3 })
    expect(press('5')).toBeNull()
  })

  it('reach a tenth grade by 0', () => {
    const keys = {
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      target: document.body,
    }
    const scale = [9, 10].map((value) => ({ value, name: `Level ${value}`, anchor: '' }))
    expect(meaningOf({ key: '0', ...keys }, scale)).toEqual({ grade: 10 })
  })

  it('are each used once', () => {
    const keys = SHORTCUTS.groups.flatMap(({ shortcuts }) => shortcuts.flatMap((one) => one.keys))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keyOf('play')).toBe('Space')
  })

  it('work with caps lock on, and tell Shift W from W', () => {
    expect(press('O')).toMatchObject({ command: 'overlay' })
    expect(press('w')).toMatchObject({ command: 'next window' })
    expect(press('W')).toMatchObject({ command: 'next window' })
    expect(press('W', document.body, { shiftKey: true })).toMatchObject({
      command: 'previous window',
    })
  })

  it('go on while they are held where that makes steps', () => {
    expect(press('ArrowUp')).toMatchObject({ repeats: true })
    expect(press('o')).toMatchObject({ repeats: false })
  })

  it('leave text to the comment, but for Control and Enter', () => {
    const comment = element('<textarea data-target></textarea>')
    expect(press('3', comment)).toBeNull()
    expect(press('Enter', comment)).toBeNull()
    expect(press('Enter', comment, { ctrlKey: true })).toMatchObject({ command: 'submit' })
  })

  it('leave Enter and Space to a button reached by keyboard, and arrows to a slider', () => {
    const button = element('<button data-target></button>')
    userReaches(button, 'by keyboard')
    expect(press(' ', button)).toBeNull()
    expect(press('Enter', button)).toBeNull()
    expect(press('2', button)).toEqual({ grade: 2 })
    userReaches(button, 'by mouse')
    expect(press(' ', button)).toMatchObject({ command: 'play' })
    expect(press('Enter', button)).toMatchObject({ command: 'submit' })
    const slider = element('<input type="range" data-target>')
    expect(press('ArrowRight', slider)).toBeNull()
    expect(press(' ', slider)).toMatchObject({ command: 'play' })
  })

  it('know what AltGr types, as German keyboards do brackets', () => {
    const onWindows = { ctrlKey: true, altKey: true }
    const onLinux = { getModifierState: (modifier: string) => modifier === 'AltGraph' }
    const onMac = { altKey: true }
    for (const held of [onWindows, onLinux, onMac]) {
      expect(press('[', document.body, held)).toMatchObject({ command: 'overlay weaker' })
      expect(press(']', document.body, held)).toMatchObject({ command: 'overlay stronger' })
    }
    expect(press('o', document.body, onWindows)).toBeNull()
    expect(press('3', document.body, onWindows)).toBeNull()
    expect(press('ArrowLeft', document.body, onMac)).toBeNull()
    expect(press('+', document.body, { ctrlKey: true })).toBeNull()
    expect(press('[', element('<textarea data-target></textarea>'), onWindows)).toBeNull()
  })

  it('have others on keyboards that lack one', () => {
    expect(press('(', document.body, { shiftKey: true })).toMatchObject({
      command: 'overlay weaker',
    })
    expect(press('F1')).toMatchObject({ command: 'help' })
  })

  it('rest while a menu or sheet is open, and leave the browser its own', () => {
    expect(press('2', element('<div role="menu"><i data-target></i></div>'))).toBeNull()
    expect(press('r', document.body, { ctrlKey: true })).toBeNull()
  })
})
