import {
  IconArrowBackUp,
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowUp,
  IconCheck,
  IconFocusAuto,
  IconPhotoDown,
  IconPhotoMinus,
  IconPhotoPlus,
  IconX,
} from '@tabler/icons-react'
import type { Shift } from '../../viewer/pixelShift'
import { Tool } from '../Tool'
import { maskInWords, shiftInWords, type MaskChoice } from './maskChoice'
import type { RunControl } from './runControl'
import type { RunCommand } from './runKeys'
import type { ShiftProposal } from './runsState'
import classes from './dsa.module.css'
import images from '../images.module.css'

interface MaskBarProps {
  name: string
  mask: MaskChoice
  /** It is not as it was recorded. */
  changed: boolean
  /** The frame on screen is one of the mask's. */
  holdsFrame: boolean
  proposal: ShiftProposal | null
  control: RunControl
  onFrameToggled: () => void
  onRecorded: () => void
}

const SHIFTS: readonly { icon: typeof IconArrowUp; to: string; command: RunCommand; by: Shift }[] =
  [
    { icon: IconArrowLeft, to: 'left', command: 'mask left', by: [0, -0.5] },
    { icon: IconArrowRight, to: 'right', command: 'mask right', by: [0, 0.5] },
    { icon: IconArrowUp, to: 'up', command: 'mask up', by: [-0.5, 0] },
    { icon: IconArrowDown, to: 'down', command: 'mask down', by: [0.5, 0] },
  ]

/** The mask's frames and shift, and a shift that is proposed for them. */
export function MaskBar(props: MaskBarProps) {
  const { name, mask, proposal, control } = props
  return (
    <div className={images.toolbar} role="toolbar" aria-label={`${name}: mask`}>
      {proposal ? (
        <Proposed proposal={proposal} control={control} />
      ) : (
        <>
          <span className={classes.mask} title={maskInWords(mask)}>
            {maskInWords(mask)}
          </span>
          <span className={images.spacer} />
          <Tool
            icon={IconPhotoDown}
            words="This frame as mask, or the recorded mask"
            command="mask here"
            onClick={control.maskHere}
          />
          <Tool
            icon={props.holdsFrame ? IconPhotoMinus : IconPhotoPlus}
            words={
              props.holdsFrame ? 'Take this frame out of the mask' : 'Average this frame into the mask'
            }
            onClick={props.onFrameToggled}
          />
          {SHIFTS.map(({ icon, to, command, by }) => (
            <Tool
              key={to}
              icon={icon}
              words={`Shift the mask by half a pixel ${to}`}
              command={command}
              onClick={() => {
                control.shiftMask(by)
              }}
            />
          ))}
          <Tool
            icon={IconFocusAuto}
            words="Propose the shift for this frame"
            command="propose shift"
            onClick={control.proposeShift}
          />
          <Tool
            icon={IconArrowBackUp}
            words="Back to the recorded mask"
            disabled={!props.changed}
            onClick={props.onRecorded}
          />
        </>
      )}
    </div>
  )
}

/** The image shows the proposal already. */
function Proposed({ proposal, control }: Pick<MaskBarProps, 'control'> & { proposal: ShiftProposal }) {
  const { shift } = proposal
  return (
    <>
      <span className={classes.mask} role="status">
        {shift ? `Proposed: ${shiftInWords(shift)}` : 'No better shift was found'}
      </span>
      <span className={images.spacer} />
      {shift && (
        <Tool
          icon={IconCheck}
          words="Accept this shift"
          command="propose shift"
          onClick={control.proposeShift}
        />
      )}
      <Tool
        icon={IconX}
        words={shift ? 'Reject this shift' : 'All right'}
        command="recorded shift"
        onClick={control.takeShiftBack}
      />
    </>
  )
}
