import { Text } from '@mantine/core'
import type { Progress } from '../../api/types'
import { countOf, formatMinutes } from '../../format'
import { BarChart } from './BarChart'
import { labelledEvery } from './chart'
import { Section } from './Section'

const MOST_LABELS = 8

/** How long a case takes, over all raters together. */
export function TimePerCase({ times }: { times: Progress['time_per_case'] }) {
  const { edges, counts, median } = times
  const total = counts.reduce((sum, count) => sum + count, 0)
  const width = (edges[1] ?? 1) - (edges[0] ?? 0)
  const every = labelledEvery(edges.length, MOST_LABELS)
  return (
    <Section
      title="Time per case"
      aside={
        <Text size="sm" c="dimmed">
          minutes at work, {countOf(total, 'reading')}
        </Text>
      }
    >
      {total === 0 ? (
        <Text c="dimmed">Known once the first case has been submitted.</Text>
      ) : (
        <BarChart
          label="Minutes at work on a case, over all submitted readings"
          by="Minutes"
          counted="Readings"
          bars={counts.map((count, index) => ({
            name: `${edges[index] ?? 0} to ${edges[index + 1] ?? 0} min`,
            count,
          }))}
          ticks={edges.flatMap((edge, index) =>
            index % every === 0 ? [{ at: index, text: String(edge) }] : [],
          )}
          mark={
            median === null
              ? undefined
              : { at: Math.min(median / width, counts.length), text: `median ${formatMinutes(median)}` }
          }
        />
      )}
    </Section>
  )
}
