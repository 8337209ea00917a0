import { Stack, Title } from '@mantine/core'
import { IconFolders } from '@tabler/icons-react'
import { useStudies } from '../api/queries'
import { EmptyState, FailureState, LoadingState } from '../shell/PageStates'
import { StudyCard } from './StudyCard'

export function MyStudiesPage() {
  return (
    <Stack gap="lg">
      <title>My studies · Reader Study</title>
      <Title order={1}>My studies</Title>
      <StudyList />
    </Stack>
  )
}

function StudyList() {
  const studies = useStudies()
  if (studies.isPending) return <LoadingState what="your studies" />
  if (studies.isError) {
    return <FailureState error={studies.error} onRetry={() => void studies.refetch()} />
  }
  if (studies.data.length === 0) {
    return (
      <EmptyState icon={<IconFolders size={24} aria-hidden />} title="You are in no study yet">
        A study appears here as soon as its coordinator adds you as a rater, or an administrator
        makes you its coordinator.
      </EmptyState>
    )
  }
  return (
    <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {studies.data.map((study) => (
        <li key={study.id}>
          <StudyCard study={study} />
        </li>
      ))}
    </Stack>
  )
}
