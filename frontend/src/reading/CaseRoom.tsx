import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import type { MouseEvent } from 'react'
import type { CaseSubmitted, RaterProtocol, ReadingCase } from '../api/types'
import type { MediaManifest } from '../viewer/manifest'
import { isComplete, loadedShare } from '../viewer/caseMedia'
import { CtSide } from './CtSide'
import { RatingBar } from './RatingBar'
import { RoomHeader } from './RoomHeader'
import type { RunControl } from './RunPane'
import { RunSide } from './RunSide'
import { ShortcutSheet } from './ShortcutSheet'
import type { Command } from './shortcuts'
import type { FollowedRun } from './TreePane'
import { useCaseMedia } from './useCaseMedia'
import { useRatingSession } from './useRatingSession'
import { useShortcuts } from './useShortcuts'
import { initialView, nextView, type ViewEvent, type ViewState } from './viewState'
import classes from './room.module.css'

interface CaseRoomProps {
  reading: ReadingCase
  protocol: RaterProtocol
  dataNotice: string
  onSubmitted: (submitted: CaseSubmitted) => void
  onNext: () => void
}

/** One case: its images side by side and the rating bar under them. */
export function CaseRoom({ reading, protocol, dataNotice, onSubmitted, onNext }: CaseRoomProps) {
  const { manifest } = reading.media
  const { state: media, retry } = useCaseMedia(reading.media)
  const { session, rating } = useRatingSession(reading)
  const [view, dispatch] = useReducer(
    (state: ViewState, event: ViewEvent) => nextView(manifest, state, event),
    manifest,
    initialView,
  )
  const [openedRuns, setOpenedRuns] = useState<ReadonlySet<number>>(new Set(reading.opened_runs))
  const [helpShown, setHelpShown] = useState(false)
  const [reasonsShown, setReasonsShown] = useState(false)
  const commentBox = useRef<HTMLTextAreaElement>(null)
  const firstRun = useRef<RunControl>(null)
  const secondRun = useRef<RunControl>(null)
  const { root, onTreeSettled } = useReadySign(isComplete(manifest, media))
  const { followedRun, onFrame } = useFollowedRun(manifest, view)

  const open = (run: number) => {
    // One key opens both runs at once, so each adds to what the other has just added.
    setOpenedRuns((was) => new Set(was).add(run))
    session.openRun(run)
  }
  const submit = async () => {
    const submitted = await session.submit()
    if (submitted) onSubmitted(submitted)
  }
  const bothRuns = (command: (run: RunControl) => void) => {
    for (const run of [firstRun.current, secondRun.current]) if (run) command(run)
  }
  const stepSlices = (steps: number) => {
    dispatch({ type: 'slices stepped', plane: view.plane, steps })
  }
  const strengthenOverlay = (by: number) => {
    dispatch({ type: 'overlay opacity set', opacity: view.overlay.opacity + by })
  }
  const actions: Record<Command, () => void> = {
    submit: () => {
      if (rating.status === 'submitted') onNext()
      else void submit()
    },
    unscorable: () => {
      setReasonsShown(true)
    },
    comment: () => commentBox.current?.focus(),
    'next window': () => {
      dispatch({ type: 'window stepped', steps: 1 })
    },
    'previous window': () => {
      dispatch({ type: 'window stepped', steps: -1 })
    },
    overlay: () => {
      dispatch({ type: 'overlay toggled' })
    },
    'overlay stronger': () => {
      strengthenOverlay(0.1)
    },
    'overlay weaker': () => {
      strengthenOverlay(-0.1)
    },
    'slice up': () => {
      stepSlices(1)
    },
    'slice down': () => {
      stepSlices(-1)
    },
    'five slices up': () => {
      stepSlices(5)
    },
    'five slices down': () => {
      stepSlices(-5)
    },
    play: () => {
      bothRuns((run) => {
        run.toggle()
      })
    },
    'next frame': () => {
      bothRuns((run) => {
        run.step(1)
      })
    },
    'previous frame': () => {
      bothRuns((run) => {
        run.step(-1)
      })
    },
    subtract: () => {
      dispatch({ type: 'subtraction toggled' })
    },
    invert: () => {
      dispatch({ type: 'inversion toggled' })
    },
    'other run': () => {
      dispatch({ type: 'run used', slot: (view.right.inUse + 1) % Math.max(1, view.runs.length) })
    },
    'C-arm view': () => {
      dispatch({ type: 'tree aimed', aim: { from: 'C-arm' } })
    },
    'next view': () => {
      dispatch({ type: 'left pane stepped' })
    },
    enlarge: () => {
      dispatch({ type: 'enlarged', side: view.sideInUse })
    },
    reset: () => {
      dispatch({ type: 'reset' })
    },
    help: () => {
      setHelpShown(true)
    },
  }
  useShortcuts(protocol.levels, {
    onCommand: (command) => {
      actions[command]()
    },
    onGrade: (grade) => {
      session.edit({ grade })
    },
  })

  return (
    <main ref={root} className={classes.room} data-runs={view.runs.length} data-testid="room">
      <RoomHeader
        position={reading.position}
        total={reading.total}
        dataNotice={dataNotice}
        rating={rating}
        loaded={loadedShare(manifest, media)}
        onHelp={actions.help}
      />
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keeps the focus, does nothing itself */}
      <div className={classes.stage} onMouseDown={keepKeysForImages}>
        <CtSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          followedRun={followedRun}
          dispatch={dispatch}
          onTreeSettled={onTreeSettled}
        />
        <RunSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          controls={[firstRun, secondRun]}
          openedRuns={openedRuns}
          onOpened={open}
          onFrame={onFrame}
          dispatch={dispatch}
        />
      </div>
      <RatingBar
        protocol={protocol}
        rating={rating}
        reasonsShown={reasonsShown}
        onReasonsShown={setReasonsShown}
        commentBox={commentBox}
        onEdit={session.edit}
        onKeepMine={session.keepMine}
        onTakeTheirs={session.takeTheirs}
        onSubmit={() => void submit()}
        onNext={onNext}
      />
      <ShortcutSheet
        opened={helpShown}
        levels={protocol.levels}
        onClose={() => {
          setHelpShown(false)
        }}
      />
    </main>
  )
}

/** A button pressed with the mouse must not take the space bar away from the cine. */
function keepKeysForImages(event: MouseEvent) {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault()
}

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

/** The run in use and, while the C-arm moved, the frame that it is at. */
function useFollowedRun(manifest: MediaManifest, view: ViewState) {
  const [frames, setFrames] = useState<readonly number[]>([0, 0])
  const onFrame = useCallback((slot: number, frame: number) => {
    setFrames((was) => (was[slot] === frame ? was : was.with(slot, frame)))
  }, [])
  const slot = view.right.inUse
  const index = view.runs[slot]
  const run = index === undefined ? undefined : manifest.runs[index]
  const frame = frames[slot] ?? 0
  const followedRun = useMemo(
    (): FollowedRun | null => (run && index !== undefined ? { manifest: run, index, frame } : null),
    [run, index, frame],
  )
  return { followedRun, onFrame }
}
