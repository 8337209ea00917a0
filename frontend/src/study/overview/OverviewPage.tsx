import { Grid, Stack } from '@mantine/core'
import { useLoadedStudy } from '../StudyLayout'
import { CaseCountsCard } from './CaseCountsCard'
import { NextStep } from './NextStep'
import { ProtocolCard } from './ProtocolCard'
import { RatersCard } from './RatersCard'
import { ModelCard } from './ModelCard'

export default function OverviewPage() {
  const study = useLoadedStudy()
  return (
    <Stack gap="md">
      <title>{`${study.name} · Reader Study`}</title>
      <NextStep study={study} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <CaseCountsCard study={study} />
            <RatersCard study={study} />
            <ModelCard model={study.model} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ProtocolCard study={study} />
        </Grid.Col>
      </Grid>
    </Stack>
  )
}
