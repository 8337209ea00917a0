import type { ComponentType } from 'react'

let loaded: ComponentType | null = null

/** The reading room, if its scripts are here. */
export const loadedRoom = (): ComponentType | null => loaded

export async function loadRoom(): Promise<{ default: ComponentType }> {
  const page = await import('./ReadingRoomPage')
  loaded = page.default
  return page
}
