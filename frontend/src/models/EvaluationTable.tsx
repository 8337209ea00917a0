import { Stack, Text } from '@mantine/core'
import type { Interval, ModelEvaluation } from '../api/types'
import { formatCoefficient, formatRange } from '../format'
import classes from './models.module.css'

type EvaluatedSet = ModelEvaluation['sets'][number]
type Title = ModelEvaluation['measures'][number]

/** Every measure of every set: mean ± SD, median and the interval of the mean. */
export function EvaluationTable({ evaluation }: { evaluation: ModelEvaluation }) {
  const { paper } = evaluation
  return (
    <Stack gap="xs">
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Evaluation by set of cases">
          <thead>
            <tr>
              <th scope="col">Cases</th>
              <th scope="col">Measure</th>
              <th scope="col" className={classes.number}>
                n
              </th>
              <th scope="col" className={classes.number}>
                Mean ± SD
              </th>
              <th scope="col" className={classes.number}>
                Median
              </th>
              <th scope="col" className={classes.number}>
                95 % CI of the mean
              </th>
            </tr>
          </thead>
          <tbody>
            {evaluation.sets.map((set) => (
              <SetRows key={set.name} set={set} evaluation={evaluation} />
            ))}
          </tbody>
        </table>
      </div>
      {paper && (
        <Text size="sm" c="dimmed">
          Published: {paper.source}
          {paper.note && ` (${paper.note})`}.
        </Text>
      )}
    </Stack>
  )
}

function SetRows({ set, evaluation }: { set: EvaluatedSet; evaluation: ModelEvaluation }) {
  const measured = evaluation.measures.flatMap((title) => {
    const summary = set.measures.find(({ measure }) => measure === title.measure)
    return summary ? [{ title, summary }] : []
  })
  const published = evaluation.paper && set.published
  const rows = measured.length + (published ? 1 : 0)
  return measured.map(({ title, summary }, index) => {
    const show = (value: number | null) => formatCoefficient(value, title.decimals)
    const unit = title.unit && summary.mean !== null ? `\u00a0${title.unit}` : ''
    return [
      <tr key={title.measure} className={index === 0 ? classes.groupStart : undefined}>
        {index === 0 && (
          <th scope="rowgroup" rowSpan={rows}>
            {setInWords(set.name)}
            <br />
            <Text span size="sm" c="dimmed">
              n = {set.n}
            </Text>
          </th>
        )}
        <td>{title.title}</td>
        <td className={classes.number}>{summary.n}</td>
        <td className={classes.number}>{meanInWords(summary, title) + unit}</td>
        <td className={classes.number}>{show(summary.median) + unit}</td>
        <td className={classes.number}>
          {formatRange(asInterval(summary.ci), title.decimals) + (summary.ci ? unit : '')}
        </td>
      </tr>,
      published && title.measure === evaluation.paper?.measure && (
        <tr key="published" className={classes.published}>
          <td>{title.title}, published</td>
          <td />
          <td className={classes.number}>{meanInWords(published, { decimals: 2 })}</td>
          <td />
          <td />
        </tr>
      ),
    ]
  })
}

function meanInWords(
  { mean, sd }: { mean: number | null; sd: number | null },
  { decimals }: Pick<Title, 'decimals'>,
): string {
  const shown = formatCoefficient(mean, decimals)
  return sd === null ? shown : `${shown} ± ${formatCoefficient(sd, decimals)}`
}

function asInterval(ci: number[] | null): Interval | null {
  const [low, high] = ci ?? []
  return low === undefined || high === undefined ? null : [low, high]
}

/** internal-test → Internal test. */
function setInWords(name: string): string {
  const words = name.replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
