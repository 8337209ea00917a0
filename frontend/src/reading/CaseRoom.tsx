import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { CaseSubmitted, RaterProtocol, ReadingCase } from '../api/types'
import { isComplete, loadedShare, type CaseMedia } from '../viewer/caseMedia'
import { AnchorSheet } from './rating/AnchorSheet'
import { CaseHeader } from './CaseHeader'
import { CaseStage } from './CaseStage'
import { itemsOf } from './rating/items'
import { PauseCover } from './PauseCover'
import { RatingBar } from './rating/RatingBar'
import { ShortcutSheet } from './ShortcutSheet'
import type { Command } from './shortcuts'
import { useCaseImages } from './useCaseImages'
import { useRatingSession } from './rating/useRatingSession'
import { useShortcuts } from './useShortcuts'
import { useWorkClock } from './useWorkClock'
import { viewCommands, type ViewCommand } from './viewCommands'
import classes from './room.module.css'

interface CaseRoomProps {
  studyId: string
  reading: ReadingCase
  images: CaseMedia
  protocol: RaterProtocol
  dataNotice: string
  onSubmitted: (submitted: CaseSubmitted) => void
  onNext: () => void
}

/** One case: its images side by side and the rating bar under them. */
export function CaseRoom(props: CaseRoomProps) {
  const { studyId, reading, protocol, dataNotice, onNext } = props
  const images = useCaseImages(props.images, reading.opened_runs)
  const { shown, bothRuns, firstRun, secondRun } = images
  const { manifest, media, view, dispatch } = shown
  const { session, rating } = useRatingSession(reading)
  const [sheet, setSheet] = useState<'keys' | 'anchors' | null>(null)
  const [reasonsShown, setReasonsShown] = useState(false)
  const [itemsShown, setItemsShown] = useState(false)
  const commentBox = useRef<HTMLTextAreaElement>(null)
  const { clock, paused } = useWorkClock(reading.code, session, firstRun, secondRun)
  const { root, onTreeSettled } = useReadySign(isComplete(manifest, media))

  const open = (run: number) => {
    images.openRun(run)
    session.openRun(run)
  }
  const onReceipt = useEffectEvent(props.onSubmitted)
  useEffect(() => {
    if (rating.receipt) onReceipt(rating.receipt)
  }, [rating.receipt])
  const submit = async () => {
    await session.submit()
    const { missing, answers } = session.snapshot()
    const open = itemsOf(protocol, answers).some(
      ({ required, answer }) => required && answer === undefined,
    )
    if (missing.length > 0 && open) setItemsShown(true)
  }
  const actions: Record<Exclude<Command, ViewCommand>, () => void> = {
    submit: () => {
      if (rating.status === 'submitted') onNext()
      else void submit()
    },
    unscorable: () => {
      setReasonsShown(true)
    },
    comment: () => commentBox.current?.focus(),
    items: () => {
      setItemsShown((was) => !was)
    },
    anchors: () => {
      setSheet('anchors')
    },
    pause: () => {
      bothRuns((run) => {
        run.pause()
      })
      clock.pause()
    },
    help: () => {
      setSheet('keys')
    },
  }
  const closeSheet = () => {
    setSheet(null)
  }
  useShortcuts(protocol.levels, {
    onCommand: (command) => {
      if (!paused) ({ ...actions, ...viewCommands(view, dispatch, bothRuns) })[command]()
      else if (RESUMING.has(command)) clock.resume()
    },
    onGrade: (grade) => {
      if (!paused) session.edit({ grade })
    },
  })

  return (
    <main ref={root} className={classes.room} data-runs={view.runs.shown.length} data-testid="room">
      <CaseHeader
        stage={reading.stage}
        position={reading.position}
        total={reading.total}
        dataNotice={dataNotice}
        rating={rating}
        loaded={loadedShare(manifest, media)}
        onPause={paused ? clock.resume : actions.pause}
        onAnchors={actions.anchors}
        onHelp={actions.help}
      />
      {reading.unlock_reason && rating.status !== 'submitted' && (
        <p className={classes.banner} role="note">
          The coordinator opened this case again: {reading.unlock_reason}
        </p>
      )}
      <CaseStage
        images={shown}
        runs={[firstRun, secondRun]}
        inert={paused}
        onOpened={open}
        onTreeSettled={onTreeSettled}
      />
      {paused && <PauseCover onResume={clock.resume} />}
      <div inert={paused}>
        <RatingBar
          protocol={protocol}
          rating={rating}
          reasonsShown={reasonsShown}
          onReasonsShown={setReasonsShown}
          itemsShown={itemsShown}
          onItemsShown={setItemsShown}
          commentBox={commentBox}
          onEdit={session.edit}
          onKeepMine={session.keepMine}
          onTakeTheirs={session.takeTheirs}
          onSubmit={() => void submit()}
          onNext={onNext}
        />
      </div>
      <ShortcutSheet opened={sheet === 'keys'} levels={protocol.levels} onClose={closeSheet} />
      <AnchorSheet
        studyId={studyId}
        protocol={protocol}
        opened={sheet === 'anchors'}
        onClose={closeSheet}
      />
    </main>
  )
}

/** What ends a break, beside the button. */
const RESUMING = new Set<Command>(['pause', 'play', 'submit'])

/** Marks the page as ready once everything that the case has is drawn. */
function useReadySign(complete: boolean) {
  const root = useRef<HTMLElement>(null)
  const [treeSettled, setTreeSettled] = useState(false)
  const ready = complete && treeSettled
  // Children draw in their effects, which run before this one.
  useEffect(() => {
    if (root.current) root.current.dataset.ready = String(ready)
  }, [ready])
  const onTreeSettled = useCallback(() => {
    setTreeSettled(true)
  }, [])
  return { root, onTreeSettled }
}
