import { Text } from '@mantine/core'
import type { Progress } from '../../api/types'
import { countOf, formatDay } from '../../format'
import { BarChart } from './BarChart'
import { Section } from './Section'

const LABEL_EVERY_DAYS = 7

/** How the reading went over the last weeks. */
export function SubmissionsPerDay({ days }: { days: Progress['submissions_per_day'] }) {
  const total = days.reduce((sum, { count }) => sum + count, 0)
  const last = days.length - 1
  return (
    <Section
      title="Cases read per day"
      aside={
        <Text size="sm" c="dimmed">
          {countOf(total, 'case')} in the last {days.length} days
        </Text>
      }
    >
      {total === 0 ? (
        <Text c="dimmed">Nothing was submitted in the last {days.length} days.</Text>
      ) : (
        <BarChart
          label={`Cases submitted per day over the last ${days.length} days`}
          by="Day"
          counted="Cases"
          bars={days.map(({ day, count }) => ({ name: formatDay(day), count }))}
          ticks={days.flatMap(({ day }, index) =>
            (last - index) % LABEL_EVERY_DAYS === 0
              ? [{ at: index + 0.5, text: index === last ? 'today' : formatDay(day) }]
              : [],
          )}
        />
      )}
    </Section>
  )
}
