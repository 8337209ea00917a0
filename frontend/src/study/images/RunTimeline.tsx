import { Fragment } from 'react'
import type { ImageSeries } from '../../api/types'
import classes from './images.module.css'
import { likelyPhase, pairPlanes, type Planes } from './seriesGroups'
import { paroleInWords, PHASE_NAME, seriesName, timeSince } from './seriesWords'

/** Shorter pauses need no words: the runs belong together. */
const NOTABLE_PAUSE_MS = 90_000

interface RunTimelineProps {
  /** In the order of their acquisition. */
  runs: ImageSeries[]
  firstImage: number
  onChoose: (run: ImageSeries) => void
}

/** The runs as dots on a line, further apart where more time passed, coloured by their phase. */
export function RunTimeline({ runs, firstImage, onChoose }: RunTimelineProps) {
  const moments = pairPlanes(runs.filter(({ acquired_at }) => acquired_at !== null))
  if (moments.length < 2) return null
  return (
    <figure className={classes.timeline} aria-label="When the runs were taken">
      <div className={classes.line}>
        {moments.map((planes, index) => {
          const former = moments[index - 1]
          return (
            <Fragment key={planes[0].id}>
              {former && <Pause milliseconds={timeOf(planes) - timeOf(former)} />}
              <Dot planes={planes} firstImage={firstImage} onChoose={onChoose} />
            </Fragment>
          )
        })}
      </div>
      <figcaption className={classes.legend}>
        <span>
          <i className={classes.dot} data-phase="before" /> before
        </span>
        <span>
          <i className={classes.dot} data-phase="after" /> after
        </span>
        <span>
          <i className={classes.dot} data-phase="" /> not known
        </span>
        <span>Dashed: proposed from times</span>
      </figcaption>
    </figure>
  )
}

const timeOf = ([run]: Planes) => Date.parse(run.acquired_at ?? '')

function Pause({ milliseconds }: { milliseconds: number }) {
  // Logarithmic: two minutes and two hours must fit on one line.
  const share = Math.log2(2 + milliseconds / 30_000)
  return (
    <span className={classes.pause} style={{ flexGrow: share }}>
      {milliseconds >= NOTABLE_PAUSE_MS && <span>{paroleInWords(milliseconds)}</span>}
    </span>
  )
}

interface DotProps {
  planes: Planes
  firstImage: number
  onChoose: (run: ImageSeries) => void
}

function Dot({ planes, firstImage, onChoose }: DotProps) {
  const [run, partner] = planes
  const phase = likelyPhase(run)
  const name = partner ? `${seriesName(run)} + ${partner.position}` : seriesName(run)
  const since = timeSince(firstImage, run.acquired_at ?? '')
  const proposed = run.phase === '' && phase !== ''
  const words = phase === '' ? 'phase not known' : PHASE_NAME[phase].toLowerCase()
  return (
    <button
      type="button"
      className={classes.moment}
      aria-label={`${name}, ${since}, ${words}${proposed ? ', proposed from times' : ''}`}
      onClick={() => {
        onChoose(run)
      }}
    >
      <span>{name}</span>
      <i className={classes.dot} data-phase={phase} data-proposed={proposed || undefined} />
      <span className={classes.since}>{since}</span>
    </button>
  )
}
