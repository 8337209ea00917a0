import { useCallback, useMemo, useReducer, useRef, useState } from 'react'
import type { CaseMedia } from '../viewer/caseMedia'
import type { RunControl } from './dsa/runControl'
import { useCaseMedia } from './useCaseMedia'
import { useFollowedRun } from './dsa/useFollowedRun'
import type { TreeOverDsa } from './tree/treeState'
import { initialView, nextView, type Shape, type ViewEvent, type ViewState } from './viewState'

/** The images of a case, how they are looked at, and which runs were opened. */
export function useCaseImages(
  source: CaseMedia,
  openedBefore: readonly number[],
  treeOverDsa?: TreeOverDsa,
) {
  const { manifest } = source
  const [shape] = useState((): Shape => ({ ...manifest, treeOverDsa }))
  const { state: media, retry } = useCaseMedia(source)
  const [view, dispatch] = useReducer(
    (state: ViewState, event: ViewEvent) => nextView(shape, state, event),
    shape,
    initialView,
  )
  const [openedRuns, setOpenedRuns] = useState<ReadonlySet<number>>(new Set(openedBefore))
  const firstRun = useRef<RunControl>(null)
  const secondRun = useRef<RunControl>(null)
  const { followedRun, onFrame } = useFollowedRun(manifest, view)
  const openRun = useCallback((run: number) => {
    // One key opens both runs at once, so each adds to what the other has just added.
    setOpenedRuns((was) => new Set(was).add(run))
  }, [])
  const bothRuns = (command: (run: RunControl) => void) => {
    for (const run of [firstRun.current, secondRun.current]) if (run) command(run)
  }
  const [controls] = useState(() => [firstRun, secondRun] as const)
  // The same as long as nothing of it has changed: panes are not drawn again while a case is rated.
  const shown = useMemo(
    () => ({ manifest, media, retry, view, dispatch, openedRuns, followedRun, onFrame, controls }),
    [manifest, media, retry, view, openedRuns, followedRun, onFrame, controls],
  )
  return { shown, openRun, bothRuns, firstRun, secondRun }
}

/** What is shown of a case's images at the moment, and what changes that. */
export type ShownImages = ReturnType<typeof useCaseImages>['shown']
