import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => {
    window.removeEventListener('resize', listener)
  }
}

/** Has a component drawn again whenever the window, or the zoom, changes. */
export function useWindowSize(): string {
  return useSyncExternalStore(
    subscribe,
    () => `${window.innerWidth}×${window.innerHeight}@${window.devicePixelRatio}`,
  )
}
