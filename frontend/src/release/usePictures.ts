import { useEffect, useSyncExternalStore } from 'react'
import { pictureAddress } from '../api/client'
import type { WaitingSeries } from '../api/types'
import type { PictureCache } from './PictureCache'

export interface Pictures {
  picture: (number: number) => HTMLImageElement | undefined
  hasFailed: (number: number) => boolean
  loaded: number
  retry: () => void
}

function addressesOf(studyId: string, { case_id, id, preview_count }: WaitingSeries): string[] {
  return Array.from({ length: preview_count }, (_, number) =>
    pictureAddress(studyId, case_id, id, number),
  )
}

/** The pictures of a series; those of the next one follow while this one is looked at. */
export function usePictures(
  cache: PictureCache,
  studyId: string,
  series: WaitingSeries,
  next: WaitingSeries | undefined,
): Pictures {
  useSyncExternalStore(cache.subscribe, cache.version)
  const addresses = addressesOf(studyId, series)
  const wanted = [...addresses, ...(next ? addressesOf(studyId, next) : [])].join('\n')
  useEffect(() => {
    cache.want(wanted === '' ? [] : wanted.split('\n'))
  }, [cache, wanted])
  return {
    picture: (number) => cache.get(addresses[number] ?? ''),
    hasFailed: (number) => cache.hasFailed(addresses[number] ?? ''),
    loaded: addresses.filter((address) => cache.get(address)).length,
    retry: () => {
      cache.retry()
    },
  }
}
