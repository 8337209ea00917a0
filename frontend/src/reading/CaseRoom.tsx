import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { CaseSubmitted, RaterProtocol, ReadingCase } from '../api/types'
import { isComplete, loadedShare, type CaseMedia } from '../viewer/caseMedia'
import { Tour } from './before/Tour'
import { useTour } from './before/useTour'
import { AnchorSheet } from './rating/AnchorSheet'
import { CaseHeader } from './CaseHeader'
import { CaseStage } from './CaseStage'
import { itemsOf } from './rating/items'
import { missingIn } from './rating/missing'
import { PauseCover } from './PauseCover'
import { RatingBar } from './rating/RatingBar'
import { ShortcutSheet } from './ShortcutSheet'
import type { Command } from './shortcuts'
import { useCaseImages } from './useCaseImages'
import { isUntouched, justSubmitted, type JustSubmitted } from './rating/justSubmitted'
import { SubmittedNotice } from './rating/SubmittedNotice'
import { useRatingSession } from './rating/useRatingSession'
import { useTakeBack } from './rating/useTakeBack'
import { useShortcuts } from './useShortcuts'
import { useViewUseLog } from './useViewUseLog'
import { useWorkClock } from './useWorkClock'
import { viewCommands, type ViewCommand } from './viewCommands'
import { ViewUseContext } from './viewUse'
import classes from './room.module.css'

interface CaseRoomProps {
  studyId: string
  reading: ReadingCase
  images: CaseMedia
  protocol: RaterProtocol
  dataNotice: string
  /** The case that was submitted before this one came up; null where none was just now. */
  submittedBefore: JustSubmitted | null
  onSubmitted: (receipt: CaseSubmitted, submitted: JustSubmitted) => void
  onTakenBack: (code: string) => void
  onNext: () => void
}

/** One case: its images side by side and the rating bar under them. */
export function CaseRoom(props: CaseRoomProps) {
  const { studyId, reading, protocol, dataNotice, onNext } = props
  const images = useCaseImages(props.images, reading.opened_runs, protocol.tree_over_dsa)
  const { shown, bothRuns, firstRun, secondRun } = images
  const { manifest, media, view, dispatch } = shown
  const { session, rating } = useRatingSession(reading)
  const uses = useViewUseLog(reading.code, session)
  const takeBack = useTakeBack(props.submittedBefore, props.onTakenBack)
  const submittedBefore = isUntouched(reading, rating, shown.openedRuns)
    ? props.submittedBefore
    : null
  const [sheet, setSheet] = useState<'keys' | 'anchors' | null>(null)
  const [reasonsShown, setReasonsShown] = useState(false)
  // Known at once, not with the next picture: a digit right after U must not become a grade.
  const reasonsAsked = useRef(false)
  const showReasons = (shown: boolean) => {
    reasonsAsked.current = shown
    setReasonsShown(shown)
  }
  const [itemsShown, setItemsShown] = useState(false)
  const commentBox = useRef<HTMLTextAreaElement>(null)
  const { clock, paused } = useWorkClock(reading.code, session, firstRun, secondRun)
  const tour = useTour(clock)
  const { root, onTreeSettled } = useReadySign(isComplete(manifest, media))

  const { openRun } = images
  const open = useCallback(
    (run: number) => {
      openRun(run)
      session.openRun(run)
    },
    [openRun, session],
  )
  const onReceipt = useEffectEvent((receipt: CaseSubmitted) => {
    props.onSubmitted(receipt, justSubmitted(reading, rating, protocol))
  })
  useEffect(() => {
    if (rating.receipt) onReceipt(rating.receipt)
  }, [rating.receipt])
  const submit = () => {
    const { answers } = session.snapshot()
    const missing = missingIn(protocol, answers, manifest.runs.length, shown.openedRuns)
    if (missing.length === 0) {
      void session.submit()
      return
    }
    session.tellMissing(missing)
    const open = itemsOf(protocol, answers).some(
      ({ required, answer }) => required && answer === undefined,
    )
    if (open) setItemsShown(true)
  }
  const actions: Record<Exclude<Command, ViewCommand>, () => void> = {
    submit: () => {
      if (rating.status === 'submitted') onNext()
      else submit()
    },
    undo: () => {
      if (submittedBefore) takeBack.undo()
    },
    unscorable: () => {
      showReasons(true)
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
      if (tour.shown) return
      if (!paused) ({ ...actions, ...viewCommands(view, dispatch, bothRuns) })[command]()
      else if (RESUMING.has(command)) clock.resume()
    },
    onGrade: (digit) => {
      if (paused) return
      if (!reasonsAsked.current) {
        session.edit({ grade: digit })
        return
      }
      // The menu of reasons has opened, but not the focus yet.
      const reason = protocol.unscorable_reasons[digit - 1]
      if (reason) session.edit({ unscorable_reason: reason.code })
      showReasons(false)
    },
  })

  return (
    <main
      ref={root}
      className={classes.room}
      data-runs={view.runs.shown.length}
      data-testid="room"
      inert={tour.shown}
    >
      <CaseHeader
        stage={reading.stage}
        position={reading.position}
        total={reading.total}
        dataNotice={dataNotice}
        rating={rating}
        loaded={loadedShare(manifest, media)}
        notice={
          submittedBefore && <SubmittedNotice submitted={submittedBefore} takeBack={takeBack} />
        }
        onPause={paused ? clock.resume : actions.pause}
        onAnchors={actions.anchors}
        onHelp={actions.help}
      />
      {reading.unlock_reason && rating.status !== 'submitted' && (
        <p className={classes.banner} role="note">
          {reading.taken_back
            ? 'You took this case back. Your first answer stays on record; what you submit now counts.'
            : `The coordinator opened this case again: ${reading.unlock_reason}`}
        </p>
      )}
      <ViewUseContext value={uses.record}>
        <CaseStage
          images={shown}
          inert={paused}
          onOpened={open}
          onTreeSettled={onTreeSettled}
        />
      </ViewUseContext>
      {paused && !tour.shown && <PauseCover onResume={clock.resume} />}
      <div inert={paused}>
        <RatingBar
          protocol={protocol}
          rating={rating}
          reasonsShown={reasonsShown}
          onReasonsShown={showReasons}
          itemsShown={itemsShown}
          onItemsShown={setItemsShown}
          commentBox={commentBox}
          onEdit={session.edit}
          onKeepMine={session.keepMine}
          onTakeTheirs={session.takeTheirs}
          onSubmit={submit}
          onNext={onNext}
        />
      </div>
      <ShortcutSheet
        opened={sheet === 'keys'}
        outline={view.tree.overRuns !== null}
        levels={protocol.levels}
        onTour={() => {
          closeSheet()
          tour.start()
        }}
        onClose={closeSheet}
      />
      {tour.shown && <Tour onEnd={tour.end} />}
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
