import { useEffect, useState, useSyncExternalStore } from 'react'
import type { ReadingCase } from '../api/types'
import { CaseMedia } from '../viewer/caseMedia'

/** Loads the images of a case while the component is mounted. */
export function useCaseMedia({ base, manifest }: ReadingCase['media']) {
  const [media] = useState(() => new CaseMedia(base, manifest))
  useEffect(() => {
    media.start()
    return () => {
      media.stop()
    }
  }, [media])
  const state = useSyncExternalStore(media.subscribe, media.snapshot)
  return { state, retry: media.retry }
}
