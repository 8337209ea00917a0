import { Alert, Anchor, Button, Collapse, Group, Stack, Text, Title, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowLeft, IconChevronLeft, IconChevronRight, IconLock } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useCaseImages, useCases, useWaitingSeries } from '../../api/queries'
import type { CaseImages, ImageSeries, Study, StudyCase } from '../../api/types'
import { countOf } from '../../format'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { CaseState } from '../cases/CaseState'
import { Section } from '../overview/Section'
import { useLoadedStudy } from '../StudyLayout'
import classes from './images.module.css'
import { ModelFindings } from './ModelFindings'
import { neighboursOf } from './neighbours'
import { RunTimeline } from './RunTimeline'
import { SeriesCard } from './SeriesCard'
import { firstImageTime, groupSeries, splitByPhase } from './seriesGroups'
import { SeriesPictures } from './SeriesPictures'
import { occlusionInWords, PHASE_NAME } from './seriesWords'
import { useNeighbourKeys } from './useNeighbourKeys'

/** Everything that is stored of one case's images, and what a coordinator says about it. */
export default function CaseImagesPage() {
  const study = useLoadedStudy()
  const { caseId = '' } = useParams()
  const images = useCaseImages(study.id, caseId)
  const cases = useCases(study.id, false)
  if (images.isPending) return <LoadingState what="the images" />
  if (images.isError && !images.data) {
    return <FailureState error={images.error} onRetry={() => void images.refetch()} />
  }
  return (
    <Stack gap="md">
      <title>{`${images.data.code} · Images · ${study.name} · Reader Study`}</title>
      <Head study={study} images={images.data} cases={cases.data ?? []} />
      {images.isError && (
        <Alert color="red" role="alert">
          {images.error.message} This page shows the last known state.
        </Alert>
      )}
      {images.data.fixed_because !== '' && (
        <Alert role="note" color="gray" icon={<IconLock size={18} aria-hidden />} py="xs">
          {images.data.fixed_because}
        </Alert>
      )}
      <AllSeries key={caseId} study={study} images={images.data} />
    </Stack>
  )
}

interface HeadProps {
  study: Study
  images: CaseImages
  cases: StudyCase[]
}

function Head({ study, images, cases }: HeadProps) {
  const site = study.sites.find(({ code }) => code === images.site)
  const occlusion = occlusionInWords(images.occlusion_side, images.occlusion_segment)
  const row = cases.find(({ id }) => id === images.id)
  return (
    <Group justify="space-between" align="flex-start">
      <Stack gap={2}>
        <Anchor component={Link} to=".." relative="path" fz="sm" className={classes.back}>
          <IconArrowLeft size={14} aria-hidden /> All cases
        </Anchor>
        <Group gap="md" align="baseline">
          <Title order={2} fz="h1">
            {images.code}
          </Title>
          <Text c="dimmed">
            {[site?.name ?? images.site, occlusion].filter((words) => words !== '').join(' · ')}
          </Text>
        </Group>
      </Stack>
      <Group gap="lg">
        {row && <CaseState study={study} studyCase={row} />}
        <Neighbours caseId={images.id} cases={cases} />
      </Group>
    </Group>
  )
}

function Neighbours({ caseId, cases }: { caseId: string; cases: StudyCase[] }) {
  const navigate = useNavigate()
  const { former, next } = neighboursOf(caseId, cases)
  const go = (to: StudyCase | undefined) => {
    if (to) void navigate(`../${to.id}`, { relative: 'path' })
  }
  useNeighbourKeys(
    () => {
      go(former)
    },
    () => {
      go(next)
    },
  )
  return (
    <Group gap={6}>
      <Tooltip label="Key ←">
        <Button
          variant="default"
          size="compact-md"
          disabled={!former}
          aria-label={former && `${former.code}, previous case`}
          leftSection={<IconChevronLeft size={16} aria-hidden />}
          onClick={() => {
            go(former)
          }}
        >
          {former?.code ?? 'First case'}
        </Button>
      </Tooltip>
      <Tooltip label="Key →">
        <Button
          variant="default"
          size="compact-md"
          disabled={!next}
          aria-label={next && `${next.code}, next case`}
          rightSection={<IconChevronRight size={16} aria-hidden />}
          onClick={() => {
            go(next)
          }}
        >
          {next?.code ?? 'Last case'}
        </Button>
      </Tooltip>
    </Group>
  )
}

const FEW = 3

function AllSeries({ study, images }: { study: Study; images: CaseImages }) {
  const [lookedAt, setLookedAt] = useState<number | null>(null)
  const waiting = useWaitingSeries(study.id).data ?? []
  const { ct, runs, other } = groupSeries(images.series)
  const firstImage = firstImageTime(images.series)
  const large = images.series.find(({ id }) => id === lookedAt)
  const card = (series: ImageSeries) => (
    <SeriesCard
      key={series.id}
      study={study}
      images={images}
      series={series}
      firstImage={firstImage}
      waits={waiting.some(({ id }) => id === series.id)}
      onLook={() => {
        setLookedAt(series.id)
      }}
    />
  )
  return (
    <>
      <Section
        title="CT"
        aside={ct.length > 0 && <Text c="dimmed">{countOf(ct.length, 'series', 'series')}</Text>}
      >
        {ct.length > 0 ? ct.map(card) : <Text c="dimmed">No non-contrast CT came in.</Text>}
      </Section>
      <ModelFindings study={study} caseId={images.id} />
      <Section
        title="Angiography"
        aside={
          runs.length > 0 && (
            <Text c="dimmed">{countOf(runs.length, 'run')}, in the order they were taken</Text>
          )
        }
      >
        {runs.length === 0 && <Text c="dimmed">No angiography run came in.</Text>}
        {firstImage !== null && (
          <RunTimeline runs={runs} firstImage={firstImage} onChoose={showCard} />
        )}
        <Runs runs={runs} card={card} />
      </Section>
      {other.length > 0 && <Others series={other} card={card} />}
      {large && (
        <SeriesPictures
          studyId={study.id}
          caseId={images.id}
          series={large}
          onClose={() => {
            setLookedAt(null)
          }}
        />
      )}
    </>
  )
}

function showCard({ id }: ImageSeries) {
  const element = document.getElementById(`series-${id}`)
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}

interface RunsProps {
  runs: ImageSeries[]
  card: (series: ImageSeries) => ReactNode
}

/** Runs with a line wherever the phase changes, and the planes of a biplane run side by side. */
function Runs({ runs, card }: RunsProps) {
  return splitByPhase(runs).map((part) => (
    <Stack key={part.runs[0]?.[0].id} gap="sm">
      <p className={classes.divider}>
        {part.phase === '' ? 'Before or after: not known' : PHASE_NAME[part.phase]}
      </p>
      {part.runs.map(([run, partner]) =>
        partner ? (
          <div key={run.id} className={classes.planes}>
            <p>Biplane: two planes of one injection</p>
            {card(run)}
            {card(partner)}
          </div>
        ) : (
          card(run)
        ),
      )}
    </Stack>
  ))
}

function Others({ series, card }: { series: ImageSeries[]; card: RunsProps['card'] }) {
  const [shown, { toggle }] = useDisclosure(series.length <= FEW)
  return (
    <Section
      title="Other"
      aside={
        <Button variant="subtle" size="compact-sm" aria-expanded={shown} onClick={toggle}>
          {shown ? 'Hide' : `Show ${countOf(series.length, 'series', 'series')}`}
        </Button>
      }
    >
      <Text c="dimmed">Localizers, reformats, contrast series and the like: not used.</Text>
      <Collapse expanded={shown}>
        <Stack gap="sm">{series.map(card)}</Stack>
      </Collapse>
    </Section>
  )
}
