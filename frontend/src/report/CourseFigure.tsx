import type { Course, Interval, Report } from '../api/types'
import { Caption } from './Caption'
import classes from './report.module.css'
import { positionOn } from './scale'

const WIDTH = 410
const HEIGHT = 150
const PLOT = { left: 46, right: 400, top: 12, bottom: 118 }
/** Longer readings were interrupted; they stand at the edge so that the others can be told apart. */
const SHOWN_SHARE = 0.97

interface CourseFigureProps {
  label: string
  report: Report
  courses: Course[]
}

/** Time per case and grade over the order of reading, a row for each rater. */
export function CourseFigure({ label, report, courses }: CourseFigureProps) {
  const last = Math.max(...courses.flatMap(({ points }) => points.map(([place]) => place)))
  const longest = longestShown(courses)
  return (
    <figure>
      <Caption label={label}>
        Time per case (left, with the Theil–Sen line) and grade (right) over each rater’s order of
        reading.
      </Caption>
      {courses.map((course) => (
        <div key={course.rater} className={classes.course}>
          <p>{course.sentence}</p>
          <div className={classes.courseFigures}>
            <TimePlot course={course} last={last} longest={longest} />
            <GradePlot course={course} last={last} levels={report.levels.map(({ value }) => value)} />
          </div>
        </div>
      ))}
      <p className={classes.note}>
        Open circles at the upper edge: longer than {longest} s. Times are those at work by the
        server’s clock. τ: among all pairs of cases, the share in which the later case has the
        higher grade minus the share in which it has the lower (Kendall’s τ_a, jackknife interval).
        Hidden repeats count as places in the order and are not drawn; corrected ratings are left
        out.
      </p>
    </figure>
  )
}

/** The highest time on the axis, a round number that all but the longest readings are below. */
function longestShown(courses: Course[]): number {
  const seconds = courses
    .flatMap(({ points }) => points.flatMap(([, time]) => time ?? []))
    .sort((a, b) => a - b)
  const most = seconds[Math.floor(SHOWN_SHARE * (seconds.length - 1))] ?? 0
  const step = most > 600 ? 120 : most > 240 ? 60 : 30
  return Math.max(step, Math.ceil(most / step) * step)
}

interface PlotProps {
  course: Course
  last: number
}

function TimePlot({ course, last, longest }: PlotProps & { longest: number }) {
  const x = positionOn({ low: 0, high: last, ticks: [] }, PLOT.left, PLOT.right)
  const y = positionOn({ low: 0, high: longest, ticks: [] }, PLOT.bottom, PLOT.top)
  const slope = course.seconds?.slope
  const at = (place: number) =>
    slope ? y(clamp(slope.intercept + (slope.per_100 / 100) * place, [0, longest])) : 0
  return (
    <svg
      className={classes.figure}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Seconds per case of ${course.rater} over the order of reading`}
    >
      <Axes
        last={last}
        ticks={[0, longest / 2, longest].map((tick) => ({ at: y(tick), text: `${tick} s` }))}
      />
      {course.points.map(([place, seconds]) =>
        seconds === null ? null : (
          <circle
            key={place}
            className={seconds > longest ? classes.beyond : classes.dot}
            cx={x(place)}
            cy={y(Math.min(seconds, longest))}
            r={2.4}
          />
        ),
      )}
      {slope && (
        <line className={classes.estimate} x1={x(0)} x2={x(last)} y1={at(0)} y2={at(last)} />
      )}
    </svg>
  )
}

function GradePlot({ course, last, levels }: PlotProps & { levels: number[] }) {
  const x = positionOn({ low: 0, high: last, ticks: [] }, PLOT.left, PLOT.right)
  const y = positionOn({ low: -0.4, high: levels.length - 0.6, ticks: [] }, PLOT.bottom, PLOT.top)
  return (
    <svg
      className={classes.figure}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Grades of ${course.rater} over the order of reading`}
    >
      <Axes
        last={last}
        ticks={levels.map((level, index) => ({ at: y(index), text: String(level) }))}
      />
      {course.points.map(([place, , grade]) =>
        grade === null ? null : (
          <circle
            key={place}
            className={classes.dot}
            cx={x(place)}
            cy={y(levels.indexOf(grade))}
            r={2.4}
          />
        ),
      )}
    </svg>
  )
}

function Axes({ last, ticks }: { last: number; ticks: { at: number; text: string }[] }) {
  return (
    <>
      {ticks.map(({ at, text }) => (
        <g key={text}>
          <line className={classes.grid} x1={PLOT.left} x2={PLOT.right} y1={at} y2={at} />
          <text x={PLOT.left - 6} y={at + 4} textAnchor="end" className={classes.minor}>
            {text}
          </text>
        </g>
      ))}
      <text x={PLOT.left} y={HEIGHT - 14} className={classes.minor}>
        1st case
      </text>
      <text x={PLOT.right} y={HEIGHT - 14} textAnchor="end" className={classes.minor}>
        {last}th
      </text>
    </>
  )
}

const clamp = (value: number, [low, high]: Interval) => Math.min(high, Math.max(low, value))
