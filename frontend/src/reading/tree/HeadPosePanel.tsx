import { ActionIcon, Button } from '@mantine/core'
import { IconMinus, IconPlus, IconX } from '@tabler/icons-react'
import { isAsRecorded, type HeadAxis } from '../../viewer/headPose'
import type { Vec3 } from '../../viewer/vector'
import { keyOf } from '../shortcuts'
import { usePredictedTree } from './predictedTree'
import own from './tree.module.css'

/** What a negative and a positive value are called. */
type Directions = readonly [string, string]

interface Row {
  name: string
  directions: Directions
  less: string
  more: string
}

const TURNS: (Row & { axis: HeadAxis })[] = [
  {
    axis: 'head',
    name: 'Turned',
    directions: ['R', 'L'],
    less: 'turned to its right',
    more: 'turned to its left',
  },
  { axis: 'left', name: 'Chin', directions: ['up', 'down'], less: 'chin up', more: 'chin down' },
  {
    axis: 'posterior',
    name: 'Tilted',
    directions: ['R', 'L'],
    less: 'tilted to its right',
    more: 'tilted to its left',
  },
]

const MOVES: (Row & { by: Vec3 })[] = [
  { name: 'Sideways', directions: ['R', 'L'], less: 'right', more: 'left', by: [1, 0, 0] },
  { name: 'Forward, back', directions: ['A', 'P'], less: 'forward', more: 'back', by: [0, 1, 0] },
  {
    name: 'Up, down',
    directions: ['F', 'H'],
    less: 'towards the feet',
    more: 'towards the head',
    by: [0, 0, 1],
  },
]

/** How the head lay on the angiography table, against the CT. */
export function HeadPosePanel({ onClose }: { onClose: () => void }) {
  const { state, dispatch } = usePredictedTree()
  const { head } = state
  const angles: Record<HeadAxis, number> = {
    left: head.leftDeg,
    posterior: head.posteriorDeg,
    head: head.headDeg,
  }
  const shifts = [head.leftMm, head.posteriorMm, head.headMm]
  return (
    <div className={own.headPose} role="group" aria-label="How the head lay on the table">
      <div className={own.headTitle}>
        <span>Head on the table</span>
        <button type="button" className={own.handle} aria-label="Close" onClick={onClose}>
          <IconX size={14} stroke={1.7} />
        </button>
      </div>
      {TURNS.map(({ axis, name, directions, less, more }) => (
        <Nudge
          key={name}
          name={name}
          value={inWords(angles[axis], directions, '°')}
          less={`1° ${less}`}
          more={`1° ${more}`}
          onNudge={(steps) => {
            dispatch({ type: 'head turned', axis, degrees: steps })
          }}
        />
      ))}
      {MOVES.map(({ name, directions, less, more, by }, axis) => (
        <Nudge
          key={name}
          name={name}
          value={inWords(shifts[axis] ?? 0, directions, ' mm')}
          less={`Moved 1 mm ${less}`}
          more={`Moved 1 mm ${more}`}
          onNudge={(steps) => {
            dispatch({ type: 'head moved', by: by.map((mm) => mm * steps) as Vec3 })
          }}
        />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        disabled={isAsRecorded(head)}
        onClick={() => {
          dispatch({ type: 'head put back' })
        }}
      >
        Back as recorded · {keyOf('head as recorded')}
      </Button>
    </div>
  )
}

function inWords(value: number, [negative, positive]: Directions, unit: string): string {
  const rounded = Math.round(value)
  if (rounded === 0) return `0${unit}`
  return `${rounded < 0 ? negative : positive} ${Math.abs(rounded)}${unit}`
}

interface NudgeProps {
  name: string
  value: string
  less: string
  more: string
  onNudge: (steps: 1 | -1) => void
}

function Nudge({ name, value, less, more, onNudge }: NudgeProps) {
  return (
    <div className={own.nudge}>
      <span>{name}</span>
      <ActionIcon
        variant="default"
        size="xs"
        aria-label={less}
        title={less}
        onClick={() => {
          onNudge(-1)
        }}
      >
        <IconMinus size={12} />
      </ActionIcon>
      <output>{value}</output>
      <ActionIcon
        variant="default"
        size="xs"
        aria-label={more}
        title={more}
        onClick={() => {
          onNudge(1)
        }}
      >
        <IconPlus size={12} />
      </ActionIcon>
    </div>
  )
}
