import { lazy, useState } from 'react'
import { loadedRoom, loadRoom } from './loadRoom'

const LateRoom = lazy(loadRoom)

/**
 * The reading room, whose scripts come apart. Where they came before the page was first drawn there
 * is no placeholder: React would let the room wait until that has been seen for 300 ms.
 */
export function ReadingRoom() {
  const [Room] = useState(() => loadedRoom() ?? LateRoom)
  return <Room />
}
