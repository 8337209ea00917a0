import { useCallback, useMemo, useState } from 'react'
import type { MediaManifest } from '../../viewer/manifest'
import type { FollowedRun } from '../tree/runView'
import type { ViewState } from '../viewState'

/** The run in use and, while the C-arm moved, the frame that it is at. */
export function useFollowedRun(manifest: MediaManifest, view: ViewState) {
  const [frames, setFrames] = useState<readonly number[]>([0, 0])
  const onFrame = useCallback((slot: number, frame: number) => {
    setFrames((was) => (was[slot] === frame ? was : was.with(slot, frame)))
  }, [])
  const slot = view.right.inUse
  const index = view.runs.shown[slot]
  const run = index === undefined ? undefined : manifest.runs[index]
  const frame = frames[slot] ?? 0
  const followedRun = useMemo(
    (): FollowedRun | null => (run && index !== undefined ? { manifest: run, index, frame } : null),
    [run, index, frame],
  )
  return { followedRun, onFrame }
}
