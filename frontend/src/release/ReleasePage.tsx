import { Button } from '@mantine/core'
import { IconEyeCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { reviewSeries } from '../api/client'
import { useStudy, useWaitingSeries } from '../api/queries'
import type { Study, WaitingSeries } from '../api/types'
import { countOf } from '../format'
import { EmptyState, FailureState, LoadingState } from '../shell/PageStates'
import { mayChangeCohort } from '../study/rights'
import { useStudyChange } from '../study/useStudyChange'
import type { Decided } from './decided'
import { LastDecision } from './LastDecision'
import { isBeingPainted, type Look, newLook } from './look'
import { LookRoom } from './LookRoom'
import { PictureCache } from './PictureCache'
import classes from './release.module.css'

/** The series that wait for somebody to look for names in their pixels, one at a time. */
export default function ReleasePage() {
  const { studyId = '' } = useParams()
  const study = useStudy(studyId)
  const waiting = useWaitingSeries(studyId)
  if (study.isPending || waiting.isPending) return <LoadingState what="what waits" />
  const failed = [study, waiting].find(({ isError, data }) => isError && !data)
  if (failed?.error) {
    return (
      <main>
        <FailureState
          titleOrder={1}
          error={failed.error}
          onRetry={() => {
            void study.refetch()
            void waiting.refetch()
          }}
        />
      </main>
    )
  }
  if (!study.data || !waiting.data) return null
  return (
    <>
      <title>{`Release · ${study.data.name} · Reader Study`}</title>
      <Queue study={study.data} waiting={waiting.data} />
    </>
  )
}

function Queue({ study, waiting }: { study: Study; waiting: WaitingSeries[] }) {
  const [params] = useSearchParams()
  const [currentId, setCurrentId] = useState(Number(params.get('series')))
  const [looks, setLooks] = useState<Partial<Record<number, Look>>>({})
  const [cache] = useState(() => new PictureCache())
  const [decided, setDecided] = useState<readonly Decided[]>([])
  const last = decided.at(-1)
  const decidedIds = new Set(decided.map(({ series }) => series.id))
  const left = waiting.filter(
    (one) =>
      !isBeingPainted(one) && (!decidedIds.has(one.id) || one.build?.state === 'failed'),
  )
  const undo = useStudyChange(
    study.id,
    ({ series }: Decided) =>
      reviewSeries(study.id, series.case_id, series.id, {
        decision: 'look-again',
        phase: '',
        blackouts: [],
        note: '',
      }).then(() => series),
    (series) => {
      setDecided((all) => all.filter((one) => one.series.id !== series.id))
      setCurrentId(series.id)
    },
  )
  const lastDecision = last && (
    <LastDecision
      decided={last}
      isUndoing={undo.isPending}
      problem={undo.error?.message ?? ''}
      onUndo={() => {
        undo.mutate(last)
      }}
    />
  )

  const index = Math.max(
    0,
    left.findIndex(({ id }) => id === currentId),
  )
  const series = left[index]
  if (!mayChangeCohort(study)) return <NotForYou study={study} />
  if (!series) {
    return (
      <NothingWaits study={study} painting={waiting.filter(isBeingPainted).length}>
        {lastDecision}
      </NothingWaits>
    )
  }
  const neighbour = (steps: number) => left[(index + steps + left.length) % left.length]
  return (
    <LookRoom
      key={series.id}
      study={study}
      cache={cache}
      series={series}
      partner={left.find(({ id }) => id === series.biplane_partner)}
      next={left.length > 1 ? neighbour(1) : undefined}
      left={left.length}
      total={left.length + decided.length}
      look={looks[series.id] ?? newLook(series)}
      onLook={(change) => {
        setLooks((all) => ({ ...all, [series.id]: change(all[series.id] ?? newLook(series)) }))
      }}
      onGo={(steps) => {
        setCurrentId(neighbour(steps)?.id ?? series.id)
      }}
      onDecided={(words, canBeUndone) => {
        setCurrentId(neighbour(1)?.id ?? 0)
        setDecided((all) => [
          ...all.filter((one) => one.series.id !== series.id),
          { series, words, canBeUndone },
        ])
      }}
      lastDecision={lastDecision}
    />
  )
}

interface NothingWaitsProps {
  study: Study
  painting: number
  children: ReactNode
}

function NothingWaits({ study, painting, children }: NothingWaitsProps) {
  return (
    <WithoutPictures study={study} title="Nothing waits" below={children}>
      Every run that came in was looked through.{' '}
      {painting > 0 &&
        `${countOf(painting, 'run is', 'runs are')} being blacked out; raters see ${painting === 1 ? 'it' : 'them'} after that.`}
    </WithoutPictures>
  )
}

function NotForYou({ study }: { study: Study }) {
  return (
    <WithoutPictures study={study} title="Coordinators release the runs">
      With your part in this study you see the cases, but do not decide on their images.
    </WithoutPictures>
  )
}

interface WithoutPicturesProps {
  study: Study
  title: string
  children: ReactNode
  below?: ReactNode
}

function WithoutPictures({ study, title, children, below }: WithoutPicturesProps) {
  return (
    <main className={classes.empty}>
      <EmptyState
        titleOrder={1}
        icon={<IconEyeCheck size={24} aria-hidden />}
        title={title}
        action={
          <Button component={Link} to={`/studies/${study.id}/cases`} mt="md">
            Go to the cases
          </Button>
        }
      >
        {children}
      </EmptyState>
      {below}
    </main>
  )
}
