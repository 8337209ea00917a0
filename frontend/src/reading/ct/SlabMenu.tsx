import { Popover } from '@mantine/core'
import { LEAST_THICKNESS_MM, MOST_THICKNESS_MM } from '../../viewer/slab'
import { keyOf } from '../shortcuts'
import type { ViewEvent } from '../viewState'
import { SLAB_MODES, type CtState, type SlabMode } from './ctState'
import { slabInWords } from './SliceNotes'
import images from '../images.module.css'
import classes from './ct.module.css'

const CHOICES: Record<SlabMode, string> = { off: 'One slice', mip: 'Maximum', mean: 'Mean' }

const HINT =
  `Several slices as one · ${keyOf('slab')} steps through, ` +
  `${keyOf('thinner slab')} and ${keyOf('thicker slab')} change the thickness`

interface SlabMenuProps {
  slab: CtState['slab']
  dispatch: (event: ViewEvent) => void
}

/** Whether several slices are seen as one, how, and how thick. */
export function SlabMenu({ slab: { mode, thickness }, dispatch }: SlabMenuProps) {
  return (
    <Popover
      position="bottom-start"
      withinPortal={false}
      withRoles={false}
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className={`${images.preset} ${classes.slabButton}`}
          aria-pressed={mode !== 'off'}
          title={HINT}
        >
          {mode === 'off' ? 'Slab' : slabInWords({ mode, thickness })}
        </button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <div className={classes.menu} role="group" aria-label="Slab">
          <div className={classes.choices}>
            {SLAB_MODES.map((choice) => (
              <button
                key={choice}
                type="button"
                className={images.preset}
                aria-pressed={mode === choice}
                onClick={() => {
                  dispatch({ type: 'slab mode set', mode: choice })
                }}
              >
                {CHOICES[choice]}
              </button>
            ))}
          </div>
          <label className={classes.thickness}>
            Thickness
            <input
              type="range"
              min={LEAST_THICKNESS_MM}
              max={MOST_THICKNESS_MM}
              value={thickness}
              onChange={(event) => {
                dispatch({ type: 'slab thickness set', thickness: event.target.valueAsNumber })
              }}
            />
            <output>{thickness} mm</output>
          </label>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
