import { IconArrowsMove, IconX } from '@tabler/icons-react'
import { useRef, type KeyboardEvent, type SyntheticEvent } from 'react'
import { keyOf } from '../shortcuts'
import own from './tree.module.css'

interface OutlineToolsProps {
  name: string
  opacity: number
  /** What of the place is only assumed, in words. */
  assumed: string
  onOpacity: (opacity: number) => void
  onHide: () => void
  /** Moved over the screen, CSS pixels. */
  onMove: (dx: number, dy: number) => void
}

const ARROWS: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** In a corner of a run: how strong the outline is, and a handle to move it by. */
export function OutlineTools(props: OutlineToolsProps) {
  const { name, opacity, assumed, onOpacity, onHide, onMove } = props
  const held = useRef<{ x: number; y: number }>(null)
  const moveByKey = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key]
    if (!arrow || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    // The page would step frames and slices.
    event.stopPropagation()
    onMove(...arrow)
  }
  return (
    <div
      className={own.outlineTools}
      role="group"
      aria-label={`Outline over ${name}`}
      onPointerDown={keep}
      onPointerMove={keep}
      onPointerUp={keep}
      onDoubleClick={keep}
      onWheel={keep}
    >
      <button
        type="button"
        className={own.handle}
        title="Drag to move the outline (arrows when in focus): the head lay elsewhere on the table than in the CT"
        aria-label={`Move the outline over ${name}: drag, or press arrows`}
        onKeyDown={moveByKey}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          held.current = { x: event.clientX, y: event.clientY }
        }}
        onPointerMove={(event) => {
          if (!held.current) return
          onMove(event.clientX - held.current.x, event.clientY - held.current.y)
          held.current = { x: event.clientX, y: event.clientY }
        }}
        onPointerUp={() => {
          held.current = null
        }}
        onPointerCancel={() => {
          held.current = null
        }}
      >
        <IconArrowsMove size={14} stroke={1.7} />
      </button>
      <input
        type="range"
        aria-label={`Strength of the outline over ${name}`}
        title={`Strength of the outline · ${keyOf('tree over runs weaker')} ${keyOf('tree over runs stronger')}`}
        min={0.1}
        max={1}
        step={0.05}
        value={opacity}
        onChange={(event) => {
          onOpacity(event.target.valueAsNumber)
        }}
      />
      <button
        type="button"
        className={own.handle}
        title={`Hide the outline · ${keyOf('tree over runs')}`}
        aria-label="Hide the outline"
        onClick={onHide}
      >
        <IconX size={14} stroke={1.7} />
      </button>
      {assumed && (
        <span
          className={own.assumed}
          title="The run does not say it. Move the outline, or turn the head, until it lies on the vessels."
        >
          {assumed}
        </span>
      )}
    </div>
  )
}

/** The image under the tools must not be windowed, moved or enlarged. */
function keep(event: SyntheticEvent) {
  event.stopPropagation()
}
