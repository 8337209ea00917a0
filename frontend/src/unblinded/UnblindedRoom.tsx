import { useState } from 'react'
import type { Study, UnblindedCase } from '../api/types'
import { CaseStage } from '../reading/CaseStage'
import type { Command } from '../reading/shortcuts'
import { useCaseImages } from '../reading/useCaseImages'
import { useShortcuts } from '../reading/useShortcuts'
import { viewCommands } from '../reading/viewCommands'
import { CaseMedia, loadedShare } from '../viewer/caseMedia'
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
  const [caseMedia] = useState(() => new CaseMedia(props.media.base, props.media.manifest))
  const images = useCaseImages(caseMedia, NONE_OPENED)
  const { shown, bothRuns } = images
  const { manifest, media, view, dispatch } = shown
  useShortcuts(NO_GRADES, {
    onCommand: (command) => {
      const commands: Partial<Record<Command, () => void>> = viewCommands(view, dispatch, bothRuns)
      commands[command]?.()
    },
    onGrade: nothing,
  })
  return (
    <main className={room.room} data-runs={view.runs.shown.length} data-testid="unblinded room">
      <UnblindedHeader
        study={study}
        found={found}
        differing={differing}
        loaded={loadedShare(manifest, media)}
      />
      <CaseStage
        images={shown}
        onOpened={images.openRun}
        onTreeSettled={nothing}
      />
      <RatingsTable study={study} found={found} />
    </main>
  )
}

const NO_GRADES = [] as const
const NONE_OPENED = [] as const
const nothing = () => undefined
