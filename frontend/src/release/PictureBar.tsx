import {
  IconBrightnessHalf,
  IconContrast,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconZoomIn,
  IconZoomOut,
  IconZoomReset,
} from '@tabler/icons-react'
import type { WaitingSeries } from '../api/types'
import { imageInWords, pictureNoun } from './look'
import type { Command } from './releaseKeys'
import { ReleaseTool } from './ReleaseTool'
import classes from './release.module.css'
import type { Cine } from './useCine'

interface PictureBarProps {
  series: WaitingSeries
  cine: Cine
  seen: ReadonlySet<number>
  /** Pictures in which something like text was found. */
  withText: ReadonlySet<number>
  inverted: boolean
  onCommand: (command: Command) => void
}

/** Below the picture: which one is shown, which were seen, and how it is shown. */
export function PictureBar(props: PictureBarProps) {
  const { series, cine, seen, withText, inverted, onCommand } = props
  const count = series.preview_count
  const noun = pictureNoun(series)
  const tool = (command: Command) => () => {
    onCommand(command)
  }
  return (
    <div className={classes.bar} role="toolbar" aria-label="Picture">
      <ReleaseTool
        icon={IconPlayerSkipBack}
        words={`Previous ${noun}`}
        command="previous picture"
        onClick={tool('previous picture')}
      />
      <ReleaseTool
        icon={cine.playing ? IconPlayerPauseFilled : IconPlayerPlayFilled}
        words={cine.playing ? 'Pause' : 'Play'}
        command="play"
        onClick={tool('play')}
      />
      <ReleaseTool
        icon={IconPlayerSkipForward}
        words={`Next ${noun}`}
        command="next picture"
        onClick={tool('next picture')}
      />
      <div className={classes.frames}>
        <input
          type="range"
          aria-label={`Which ${noun}`}
          aria-valuetext={imageInWords(series, cine.number)}
          min={0}
          max={count - 1}
          value={cine.number}
          onChange={(event) => {
            cine.seek(event.target.valueAsNumber)
          }}
        />
        <div className={classes.ticks} aria-hidden>
          {Array.from({ length: count }, (_, number) => (
            <i
              key={number}
              data-seen={seen.has(number) || undefined}
              data-text={withText.has(number) || undefined}
            />
          ))}
        </div>
      </div>
      <span className={classes.count}>
        {imageInWords(series, cine.number)}
        <br />
        {seen.size === count ? 'all seen' : `${seen.size} seen`}
      </span>
      <ReleaseTool icon={IconZoomOut} words="Zoom out" command="zoom out" onClick={tool('zoom out')} />
      <ReleaseTool icon={IconZoomIn} words="Zoom in" command="zoom in" onClick={tool('zoom in')} />
      <ReleaseTool
        icon={IconBrightnessHalf}
        words="Spread the dark greys, the bright ones, all"
        command="next window"
        onClick={tool('next window')}
      />
      <ReleaseTool
        icon={IconContrast}
        words="Invert grey"
        command="invert"
        pressed={inverted}
        onClick={tool('invert')}
      />
      <ReleaseTool
        icon={IconZoomReset}
        words="Whole picture, greys as stored"
        command="reset"
        onClick={tool('reset')}
      />
    </div>
  )
}
