import { Anchor, Badge, Group, Progress, Text, Title } from '@mantine/core'
import { IconArrowRight, IconEyeOff } from '@tabler/icons-react'
import { Link } from 'react-router'
import { thumbnailAddress } from '../../api/client'
import type { CaseImages, ImageSeries, Study } from '../../api/types'
import { formatPercent } from '../../format'
import { mayChangeCohort } from '../rights'
import { GateList } from './GateList'
import classes from './images.module.css'
import { LookAgain } from './LookAgain'
import { OverruleMenu } from './OverruleMenu'
import {
  geometryInWords,
  isUnchecked,
  KIND_NAME,
  PHASE_NAME,
  reviewedInWords,
  seriesName,
  timeSince,
  roleInWords,
} from './seriesWords'
import { VerdictBadge } from './VerdictBadge'

interface SeriesCardProps {
  study: Study
  images: CaseImages
  series: ImageSeries
  /** When the first image of the case was taken. */
  firstImage: number | null
  /** Whether somebody has to look through it before it can be used. */
  waits: boolean
  onLook: () => void
}

/** One series: what it is, how its checks ended, and what is done with it. */
export function SeriesCard({ study, images, series, firstImage, waits, onLook }: SeriesCardProps) {
  const name = seriesName(series)
  const changeable = mayChangeCohort(study) && images.fixed_because === ''
  return (
    <article
      id={`series-${series.id}`}
      className={classes.card}
      aria-label={name}
      tabIndex={-1}
      data-used={series.used || undefined}
    >
      <Thumbnail studyId={study.id} caseId={images.id} series={series} onLook={onLook} />
      <div className={classes.body}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Group gap={8}>
            <Title order={3}>
              {name}
              {series.kind !== 'DSA' && (
                <Text span inherit fw={400}>
                  {` · ${KIND_NAME[series.kind]}`}
                </Text>
              )}
            </Title>
            {isUnchecked(series) ? <Unchecked /> : <VerdictBadge verdict={series.verdict} />}
            <UseBadge series={series} />
          </Group>
          {changeable && <OverruleMenu studyId={study.id} images={images} series={series} />}
        </Group>
        <Facts series={series} firstImage={firstImage} />
        <Decisions
          study={study}
          caseId={images.id}
          series={series}
          waits={waits}
          changeable={changeable}
        />
        <Build series={series} />
        {isUnchecked(series) ? (
          <Text size="sm">{series.gates[0]?.sentence}</Text>
        ) : (
          <GateList series={name} gates={series.gates} />
        )}
      </div>
    </article>
  )
}

interface ThumbnailProps {
  studyId: string
  caseId: string
  series: ImageSeries
  onLook: () => void
}

function Thumbnail({ studyId, caseId, series, onLook }: ThumbnailProps) {
  const name = seriesName(series)
  if (series.preview_count === 0) {
    return (
      <div className={classes.thumbnail}>
        <IconEyeOff size={22} aria-hidden />
        <span>No picture</span>
      </div>
    )
  }
  return (
    <button
      type="button"
      className={classes.thumbnail}
      aria-label={`Look at ${name}`}
      onClick={onLook}
    >
      <img src={thumbnailAddress(studyId, caseId, series.id)} alt="" loading="lazy" />
    </button>
  )
}

function Unchecked() {
  return (
    <Badge variant="light" color="gray" c="gray.8" tt="none" radius="sm">
      Not checked yet
    </Badge>
  )
}

function UseBadge({ series }: { series: ImageSeries }) {
  return series.used ? (
    <Badge variant="filled" color="petrol" tt="none" radius="sm">
      {roleInWords(series)}
    </Badge>
  ) : (
    <Badge variant="default" tt="none" radius="sm" fw={500}>
      {roleInWords(series)}
    </Badge>
  )
}

function Facts({ series, firstImage }: { series: ImageSeries; firstImage: number | null }) {
  const geometry = series.geometry
    ? geometryInWords(series.kind, series.geometry)
    : [series.description]
  return (
    <Text size="sm" className={classes.facts}>
      {series.acquired_at !== null && firstImage !== null && (
        <span className={classes.time} title="Since the first image of the case">
          {timeSince(firstImage, series.acquired_at)}
        </span>
      )}
      {geometry.map((words) => (
        <span key={words}>{words}</span>
      ))}
    </Text>
  )
}

interface DecisionsProps {
  study: Study
  caseId: string
  series: ImageSeries
  waits: boolean
  changeable: boolean
}

/** What people decided about the series, and what they still have to. */
function Decisions({ study, caseId, series, waits, changeable }: DecisionsProps) {
  const decided = series.review === 'released' || series.review === 'kept-out'
  return (
    <div>
      <PhaseLine series={series} />
      {waits && (
        <Text size="sm" fw={600}>
          Waits for your release
          {mayChangeCohort(study) && (
            <Anchor
              component={Link}
              to={`/studies/${study.id}/review?series=${series.id}`}
              inherit
              className={classes.lookThrough}
            >
              Look through it
              <IconArrowRight size={14} aria-hidden />
            </Anchor>
          )}
        </Text>
      )}
      {decided && <Text size="sm">{reviewedInWords(series)}</Text>}
      {changeable && series.kind !== 'other' && (decided || series.used) && (
        <LookAgain studyId={study.id} caseId={caseId} series={series} />
      )}
      {series.overruled_reason !== '' && (
        <Text size="sm">A coordinator decided what this is: {series.overruled_reason}</Text>
      )}
    </div>
  )
}

function PhaseLine({ series }: { series: ImageSeries }) {
  const { kind, phase, proposed_phase, review } = series
  if (kind !== 'DSA' || review === 'kept-out') return null
  if (phase !== '') return <Text size="sm">{PHASE_NAME[phase]}</Text>
  if (proposed_phase === '') return null
  return (
    <Text size="sm" c="dimmed">
      {PHASE_NAME[proposed_phase]}? Proposed from times
    </Text>
  )
}

function Build({ series }: { series: ImageSeries }) {
  const { build, kind } = series
  if (build === null || build.state === 'done') return null
  if (build.state === 'failed') {
    return (
      <Text size="sm" c="#912018" role="alert">
        The images could not be made anew. {build.error}
      </Text>
    )
  }
  const what = kind === 'NCCT' ? 'Building the volume' : 'Building the run'
  return (
    <div className={classes.build}>
      <Text size="sm">
        {build.state === 'running' ? `${what} ${formatPercent(build.progress, 0)}` : `${what}: queued`}
      </Text>
      <Progress value={build.progress * 100} size="sm" aria-label={`${what} of ${seriesName(series)}`} />
    </div>
  )
}
