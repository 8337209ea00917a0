import { useReducer, useRef, useState } from 'react'
import type { Study, UnblindedCase } from '../api/types'
import { CtSide } from '../reading/CtSide'
import type { RunControl } from '../reading/RunPane'
import { RunSide } from '../reading/RunSide'
import { useCaseMedia } from '../reading/useCaseMedia'
import { useFollowedRun } from '../reading/useFollowedRun'
import type { Command } from '../reading/shortcuts'
import { useShortcuts } from '../reading/useShortcuts'
import { viewCommands } from '../reading/viewCommands'
import { initialView, nextView, type ViewEvent, type ViewState } from '../reading/viewState'
import { loadedShare } from '../viewer/caseMedia'
import { RatingsTable } from './RatingsTable'
import { UnblindedHeader } from './UnblindedHeader'
import room from '../reading/room.module.css'

interface UnblindedRoomProps {
  study: Study
  found: UnblindedCase
  /** Cases on which the raters differ, in the order of the report. */
  differing: readonly string[]
}

/** The images as in the reading room; under them, instead of the form, what the raters said. */
export function UnblindedRoom({ study, found, differing }: UnblindedRoomProps) {
  if (found.media) {
    return <WithImages study={study} found={found} differing={differing} media={found.media} />
  }
  return (
    <main className={room.room} data-runs="0">
      <UnblindedHeader study={study} found={found} differing={differing} loaded={1} />
      <p className={room.banner}>These ratings were loaded: there are no images.</p>
      <RatingsTable study={study} found={found} />
    </main>
  )
}

type Media = NonNullable<UnblindedCase['media']>

function WithImages(props: UnblindedRoomProps & { media: Media }) {
  const { study, found, differing } = props
  const { manifest } = props.media
  const { state: media, retry } = useCaseMedia(props.media)
  const [view, dispatch] = useReducer(
    (state: ViewState, event: ViewEvent) => nextView(manifest, state, event),
    manifest,
    initialView,
  )
  const [openedRuns, setOpenedRuns] = useState<ReadonlySet<number>>(new Set())
  const firstRun = useRef<RunControl>(null)
  const secondRun = useRef<RunControl>(null)
  const { followedRun, onFrame } = useFollowedRun(manifest, view)
  useShortcuts(NO_GRADES, {
    onCommand: (command) => {
      const commands: Partial<Record<Command, () => void>> = viewCommands(view, dispatch, (tell) => {
        for (const run of [firstRun.current, secondRun.current]) if (run) tell(run)
      })
      commands[command]?.()
    },
    onGrade: nothing,
  })
  return (
    <main className={room.room} data-runs={view.runs.length} data-testid="unblinded room">
      <UnblindedHeader
        study={study}
        found={found}
        differing={differing}
        loaded={loadedShare(manifest, media)}
      />
      <div className={room.stage}>
        <CtSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          followedRun={followedRun}
          dispatch={dispatch}
          onTreeSettled={nothing}
        />
        <RunSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          controls={[firstRun, secondRun]}
          openedRuns={openedRuns}
          onOpened={(run) => {
            setOpenedRuns((was) => new Set(was).add(run))
          }}
          onFrame={onFrame}
          dispatch={dispatch}
        />
      </div>
      <RatingsTable study={study} found={found} />
    </main>
  )
}

const NO_GRADES = [] as const
const nothing = () => undefined
