import { useEffect, useEffectEvent, useRef } from 'react'
import type { RunManifest } from '../../viewer/manifest'
import { useViewUse } from '../viewUse'
import { recordedMask, type MaskChoice } from './maskChoice'
import type { RunsState } from './runsState'

/** A shift by keys is many small steps: what counts is where it ends. */
const QUIET_MS = 600

/** Tells of every change of a mask, once the reader has left it for a moment or leaves the case. */
export function useMaskUses(runs: readonly RunManifest[], choices: RunsState['choices']): void {
  const tell = useViewUse()
  const told = useRef<Record<number, MaskChoice | undefined>>({})
  const tellChanges = useEffectEvent(() => {
    runs.forEach((run, index) => {
      const mask = choices[index]?.mask
      if (mask === told.current[index]) return
      told.current[index] = mask
      const { frames, shift, proposed } = mask ?? recordedMask(run)
      const [down, right] = shift
      tell({ kind: 'mask', run: index, frames: [...frames], down, right, proposed })
    })
  })
  useEffect(() => {
    const timer = setTimeout(() => {
      tellChanges()
    }, QUIET_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [choices])
  useEffect(
    () => () => {
      tellChanges()
    },
    [],
  )
}
