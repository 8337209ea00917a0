import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import { useSearchParams } from 'react-router'
import { useTrail } from '../../api/queries'
import type { Study } from '../../api/types'
import { EmptyState, FailureState, LoadingState } from '../../shell/PageStates'
import { Section } from '../overview/Section'
import { mayRun } from '../rights'
import { useLoadedStudy } from '../StudyLayout'
import { ChainBanner } from './ChainBanner'
import { DownloadTrail } from './DownloadTrail'
import { EventList } from './EventList'
import { filterOf, isFiltered, queryOf, type TrailFilter } from './trailFilter'
import { TrailFilters } from './TrailFilters'

const TYPING_MS = 250

export default function AuditPage() {
  const study = useLoadedStudy()
  return (
    <>
      <title>{`Audit · ${study.name} · Reader Study`}</title>
      {mayRun(study) ? (
        <Trail study={study} />
      ) : (
        <EmptyState icon={<IconHistory size={24} aria-hidden />} title="For coordinators only">
          What happened in the study is shown to its coordinators.
        </EmptyState>
      )}
    </>
  )
}

/** Everything that happened in the study, and whether its record still holds. */
function Trail({ study }: { study: Study }) {
  const [params, setParams] = useSearchParams()
  const filter = filterOf(params)
  const [asked] = useDebouncedValue(JSON.stringify(queryOf(filter)), TYPING_MS)
  const trail = useTrail(study.id, JSON.parse(asked) as ReturnType<typeof queryOf>)
  const change = (changed: Partial<TrailFilter>) => {
    const chosen = Object.entries({ ...filter, ...changed }).filter(([, value]) => value !== '')
    setParams(chosen, { replace: true })
  }
  const clear = () => {
    setParams([], { replace: true })
  }
  if (trail.isPending) return <LoadingState what="the audit trail" />
  if (trail.isError && !trail.data) {
    return <FailureState error={trail.error} onRetry={() => void trail.refetch()} />
  }
  const events = trail.data.pages.flatMap((page) => page.events)
  const first = trail.data.pages[0]
  return (
    <Stack gap="md">
      <ChainBanner studyId={study.id} />
      <Section title="What happened" aside={<DownloadTrail studyId={study.id} />}>
        <TrailFilters
          filter={filter}
          actions={first?.actions ?? []}
          people={first?.people ?? []}
          onChange={change}
          onClear={clear}
        />
        {trail.isError && (
          <Alert color="red" role="alert">
            {trail.error.message} The list shows what was found before.
          </Alert>
        )}
        {events.length > 0 ? (
          <EventList events={events} />
        ) : (
          <NothingFound filtered={isFiltered(filter)} onClear={clear} />
        )}
        {trail.hasNextPage && (
          <Group justify="center">
            <Button
              variant="default"
              loading={trail.isFetchingNextPage}
              onClick={() => void trail.fetchNextPage()}
            >
              Show earlier events
            </Button>
          </Group>
        )}
      </Section>
    </Stack>
  )
}

function NothingFound({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) return <Text c="dimmed">Nothing has happened yet.</Text>
  return (
    <EmptyState
      icon={<IconHistory size={24} aria-hidden />}
      title="No event fits"
      action={
        <Button variant="default" onClick={onClear}>
          Show all events
        </Button>
      }
    >
      Nothing in the trail has all that you look for.
    </EmptyState>
  )
}
