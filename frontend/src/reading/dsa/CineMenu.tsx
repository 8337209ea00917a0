import { Menu } from '@mantine/core'
import { IconCheck, IconRepeatOff } from '@tabler/icons-react'
import { formatSpeed, SPEEDS, TRUE_SPEED } from '../../viewer/cine'
import { keyOf } from '../shortcuts'
import type { ViewEvent } from '../viewState'
import type { RunsState } from './runsState'
import classes from './dsa.module.css'

interface CineMenuProps {
  name: string
  runs: RunsState
  /** The range of the minimum intensity projection was chosen by the reader. */
  rangeChosen: boolean
  /** The range begins, or ends, at the frame on screen. */
  onRangeEnd: (end: 'first' | 'last') => void
  onProposedRange: () => void
  dispatch: (event: ViewEvent) => void
}

/** What is seldom changed: speed, repetition and the range of frames that is projected. */
export function CineMenu(props: CineMenuProps) {
  const { name, runs, rangeChosen, onRangeEnd, onProposedRange, dispatch } = props
  const { speed, loop } = runs
  const inWords = `${formatSpeed(speed)}${speed === TRUE_SPEED ? ', true speed' : ''}`
  return (
    <Menu position="top-end" classNames={{ item: classes.menuItem }}>
      <Menu.Target>
        <button
          type="button"
          className={classes.speed}
          data-changed={speed !== TRUE_SPEED || undefined}
          aria-label={`${name}: speed ${inWords}; repetition and range`}
          title={`Speed ${inWords} · ${keyOf('slower')} ${keyOf('faster')}`}
        >
          {formatSpeed(speed)}
          {!loop && <IconRepeatOff size={12} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Speed · {keyOf('slower')} {keyOf('faster')}
        </Menu.Label>
        {SPEEDS.map((one) => (
          <Menu.Item
            key={one}
            rightSection={one === speed && <IconCheck size={14} aria-label="chosen" />}
            onClick={() => {
              dispatch({ type: 'speed set', speed: one })
            }}
          >
            {formatSpeed(one)} {one === TRUE_SPEED && 'true speed'}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          rightSection={loop && <IconCheck size={14} aria-label="on" />}
          onClick={() => {
            dispatch({ type: 'loop toggled' })
          }}
        >
          Again and again · {keyOf('loop')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Frames of the minIP · {keyOf('projection')}</Menu.Label>
        <Menu.Item
          onClick={() => {
            onRangeEnd('first')
          }}
        >
          Begin at this frame
        </Menu.Item>
        <Menu.Item
          onClick={() => {
            onRangeEnd('last')
          }}
        >
          End at this frame
        </Menu.Item>
        <Menu.Item disabled={!rangeChosen} onClick={onProposedRange}>
          Arterial phase, as proposed
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
