import { useEffect, useSyncExternalStore } from 'react'
import type { CaseMedia } from '../viewer/caseMedia'

/** Loads the images of a case while the component is mounted. */
export function useCaseMedia(media: CaseMedia) {
  useEffect(() => {
    media.start()
    return () => {
      media.stop()
    }
  }, [media])
  const state = useSyncExternalStore(media.subscribe, media.snapshot)
  return { state, retry: media.retry }
}
