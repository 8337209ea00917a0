import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core'
import { IconMinus, IconPlus, IconUserScan } from '@tabler/icons-react'
import { describeHead, isAsRecorded, type HeadAxis } from '../../viewer/headPose'
import type { Vec3 } from '../../viewer/vector'
import { keyOf } from '../shortcuts'
import { usePredictedTree } from './predictedTree'
import own from './tree.module.css'

const TURNS: { axis: HeadAxis; name: string; less: string; more: string }[] = [
  { axis: 'head', name: 'Turned', less: 'to its right', more: 'to its left' },
  { axis: 'left', name: 'Chin', less: 'up', more: 'down' },
  { axis: 'posterior', name: 'Tilted', less: 'to its right', more: 'to its left' },
]

const MOVES: { name: string; less: string; more: string; by: Vec3 }[] = [
  { name: 'Right, left', less: 'right', more: 'left', by: [1, 0, 0] },
  { name: 'Forward, back', less: 'forward', more: 'back', by: [0, 1, 0] },
  { name: 'Down, up', less: 'towards the feet', more: 'towards the head', by: [0, 0, 1] },
]

/** How the head lay on the angiography table, against the CT. */
export function HeadPoseMenu() {
  const { state, dispatch } = usePredictedTree()
  const { head } = state
  const changed = !isAsRecorded(head)
  const values: Record<HeadAxis, number> = {
    left: head.leftDeg,
    posterior: head.posteriorDeg,
    head: head.headDeg,
  }
  const shifts = [head.leftMm, head.posteriorMm, head.headMm]
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="How the head lay against the C-arm" openDelay={300} withArrow>
          <ActionIcon
            variant={changed ? 'light' : 'subtle'}
            color={changed ? 'petrol' : 'gray'}
            size="sm"
            aria-label="How the head lay against the C-arm"
          >
            <IconUserScan size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={own.headPose} aria-label="How the head lay">
        <p>
          The head may have lain on the angiography table otherwise than in the CT. This turns and
          moves the tree as the C-arm sees it, for all runs.
        </p>
        {TURNS.map(({ axis, name, less, more }) => (
          <Nudge
            key={name}
            name={name}
            value={`${values[axis]}°`}
            less={`${name} 1° ${less}`}
            more={`${name} 1° ${more}`}
            onNudge={(steps) => {
              dispatch({ type: 'head turned', axis, degrees: steps })
            }}
          />
        ))}
        {MOVES.map(({ name, less, more, by }, axis) => (
          <Nudge
            key={name}
            name={name}
            value={`${Math.round(shifts[axis] ?? 0)} mm`}
            less={`Moved 1 mm ${less}`}
            more={`Moved 1 mm ${more}`}
            onNudge={(steps) => {
              dispatch({ type: 'head moved', by: by.map((mm) => mm * steps) as Vec3 })
            }}
          />
        ))}
        <div className={own.headWords} aria-live="polite">
          {describeHead(head) || 'As recorded'}
        </div>
        <Button
          size="compact-xs"
          variant="default"
          disabled={!changed}
          onClick={() => {
            dispatch({ type: 'head put back' })
          }}
        >
          Back as recorded ({keyOf('head as recorded')})
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
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
