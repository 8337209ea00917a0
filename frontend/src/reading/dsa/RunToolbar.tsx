import {
  IconBrightnessAuto,
  IconContrast,
  IconLayersDifference,
  IconLayersSubtract,
  IconStack2,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { describePose, type CArmPose } from '../../viewer/carm'
import type { RunManifest } from '../../viewer/manifest'
import { Tool } from '../Tool'
import type { ViewEvent } from '../viewState'
import { OpenedDot } from './OpenedDot'
import type { RunsState } from './runsState'
import classes from '../images.module.css'

interface RunToolbarProps {
  run: RunManifest
  pose: CArmPose | null
  runs: RunsState
  opened: boolean
  canSubtract: boolean
  windowChosen: boolean
  onProposedWindow: () => void
  dispatch: (event: ViewEvent) => void
  /** A second row, under the first. */
  children: ReactNode
}

/** Which run it is, how the C-arm stood, and how the image is shown. */
export function RunToolbar(props: RunToolbarProps) {
  const { run, pose, runs, opened, canSubtract, dispatch } = props
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  return (
    <div>
      <div className={classes.toolbar} role="toolbar" aria-label={`${run.name}: display`}>
        <OpenedDot opened={opened} />
        <strong className={classes.runName}>{run.name}</strong>
        <span className={classes.reading}>{pose ? describePose(pose) : 'angles not recorded'}</span>
        <span className={classes.spacer} />
        <Tool
          icon={IconLayersSubtract}
          words={subtractionInWords(run, canSubtract)}
          command="subtract"
          pressed={runs.subtracted && canSubtract}
          disabled={!canSubtract}
          onClick={send({ type: 'subtraction toggled' })}
        />
        <Tool
          icon={IconLayersDifference}
          words="Mask: choose and shift it"
          pressed={runs.maskTools && canSubtract}
          disabled={!canSubtract}
          onClick={send({ type: 'mask tools toggled' })}
        />
        <Tool
          icon={IconStack2}
          words="minIP: all vessels of the arterial phase in one picture"
          command="projection"
          pressed={runs.projected}
          onClick={send({ type: 'projection toggled' })}
        />
        <Tool
          icon={IconContrast}
          words="Invert grey"
          command="invert"
          pressed={runs.inverted}
          onClick={send({ type: 'inversion toggled' })}
        />
        <Tool
          icon={IconBrightnessAuto}
          words="Back to the proposed window"
          disabled={!props.windowChosen}
          onClick={props.onProposedWindow}
        />
      </div>
      {props.children}
    </div>
  )
}

function subtractionInWords(run: RunManifest, canSubtract: boolean): string {
  if (canSubtract) return 'Subtracted'
  return run.alreadySubtracted ? 'Subtracted before it was stored' : 'No mask to subtract'
}
