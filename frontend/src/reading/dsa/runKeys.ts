import { repeating, shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { Shift } from '../../viewer/pixelShift'
import type { ViewEvent, ViewState } from '../viewState'
import type { RunControl } from './runControl'

export type RunCommand =
  | 'play'
  | 'next frame'
  | 'previous frame'
  | 'slower'
  | 'faster'
  | 'loop'
  | 'subtract'
  | 'invert'
  | 'projection'
  | 'mask up'
  | 'mask down'
  | 'mask left'
  | 'mask right'
  | 'mask here'
  | 'propose shift'
  | 'recorded shift'
  | 'other run'
  | 'next run'

const shiftKey = (command: RunCommand, arrow: string, shown: string) =>
  repeating(shortcut(command, `Shift+${arrow}`, 'Shift the mask by half a pixel', `⇧ ${shown}`))

export const RUN_KEYS: ShortcutGroup<RunCommand> = {
  title: 'DSA',
  shortcuts: [
    shortcut('play', ' ', 'Play or pause', 'Space'),
    repeating(shortcut('next frame', 'ArrowRight', 'Next frame', '→')),
    repeating(shortcut('previous frame', 'ArrowLeft', 'Previous frame', '←')),
    shortcut('slower', '<', 'Slower'),
    shortcut('faster', '>', 'Faster'),
    shortcut('loop', 'L', 'Play once, or again and again', '⇧ L'),
    shortcut('subtract', 's', 'Subtracted or native'),
    shortcut('invert', 'i', 'Invert grey'),
    shortcut('projection', 'e', 'All vessels of the arterial phase in one picture (minIP)'),
    shortcut('mask here', 'M', 'This frame as mask, or the recorded mask', '⇧ M'),
    shiftKey('mask up', 'ArrowUp', '↑'),
    shiftKey('mask down', 'ArrowDown', '↓'),
    shiftKey('mask left', 'ArrowLeft', '←'),
    shiftKey('mask right', 'ArrowRight', '→'),
    shortcut('propose shift', 'q', 'Propose a shift of the mask; again: accept it'),
    shortcut('recorded shift', 'Q', 'Reject the proposal, or take the shift back', '⇧ Q'),
    shortcut('other run', 'x', 'Change to the other run'),
    shortcut('next run', 'n', 'Next run in this place, where there are more than two'),
  ],
}

const HALF_PIXEL = 0.5

export function runCommands(
  { right, runs }: ViewState,
  dispatch: (event: ViewEvent) => void,
  bothRuns: (command: (run: RunControl) => void) => void,
): Record<RunCommand, () => void> {
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  const ofEach = (command: (run: RunControl) => void) => () => {
    bothRuns(command)
  }
  const ofTheOneInUse = (command: (run: RunControl) => void) => () => {
    bothRuns((run) => {
      if (run.slot === right.inUse) command(run)
    })
  }
  const shiftMask = (by: Shift) =>
    ofTheOneInUse((run) => {
      run.shiftMask(by)
    })
  const stepFrames = (steps: number) =>
    ofEach((run) => {
      run.step(steps)
    })
  return {
    play: ofTheOneInUse((run) => {
      run.toggle()
    }),
    'next frame': stepFrames(1),
    'previous frame': stepFrames(-1),
    slower: send({ type: 'speed stepped', steps: -1 }),
    faster: send({ type: 'speed stepped', steps: 1 }),
    loop: send({ type: 'loop toggled' }),
    subtract: send({ type: 'subtraction toggled' }),
    invert: send({ type: 'inversion toggled' }),
    projection: send({ type: 'projection toggled' }),
    'mask up': shiftMask([-HALF_PIXEL, 0]),
    'mask down': shiftMask([HALF_PIXEL, 0]),
    'mask left': shiftMask([0, -HALF_PIXEL]),
    'mask right': shiftMask([0, HALF_PIXEL]),
    'mask here': ofTheOneInUse((run) => {
      run.maskHere()
    }),
    'propose shift': ofTheOneInUse((run) => {
      run.proposeShift()
    }),
    'recorded shift': ofTheOneInUse((run) => {
      run.takeShiftBack()
    }),
    'other run': send({
      type: 'run used',
      slot: (right.inUse + 1) % Math.max(1, runs.shown.length),
    }),
    'next run': send({ type: 'next run asked for' }),
  }
}
