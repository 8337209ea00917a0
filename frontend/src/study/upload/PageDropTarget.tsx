import { Portal, Text } from '@mantine/core'
import { IconFileDownload } from '@tabler/icons-react'
import { useEffect, useEffectEvent, useState } from 'react'
import classes from './PageDropTarget.module.css'

interface PageDropTargetProps {
  /** What letting go will do. */
  children: string
  /** Null where nothing can be dropped now; the browser then does not open the file either. */
  onDrop: ((items: DataTransferItemList) => void) | null
}

/** Takes files that are dropped anywhere on the page, and shows so while they are dragged. */
export function PageDropTarget({ children, onDrop }: PageDropTargetProps) {
  const [over, setOver] = useState(false)
  const take = useEffectEvent((items: DataTransferItemList) => onDrop?.(items))

  useEffect(() => {
    // Entering a child comes before leaving its parent: only the balance tells.
    let depth = 0
    const show = (change: number) => {
      depth = Math.max(0, depth + change)
      setOver(depth > 0)
    }
    const enter = (event: DragEvent) => {
      if (!bringsFiles(event)) return
      // What says so below appears under the pointer: letting go at once must still count.
      event.preventDefault()
      show(1)
    }
    const leave = (event: DragEvent) => {
      if (bringsFiles(event)) show(-1)
    }
    const allow = (event: DragEvent) => {
      if (bringsFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!bringsFiles(event)) return
      event.preventDefault()
      show(-depth)
      if (event.dataTransfer) take(event.dataTransfer.items)
    }
    const events = { dragenter: enter, dragleave: leave, dragover: allow, drop }
    for (const [name, listen] of Object.entries(events)) {
      document.addEventListener(name, listen as EventListener)
    }
    return () => {
      for (const [name, listen] of Object.entries(events)) {
        document.removeEventListener(name, listen as EventListener)
      }
    }
  }, [])

  if (!over || onDrop === null) return null
  return (
    <Portal>
      <div className={classes.target}>
        <div className={classes.words}>
          <IconFileDownload size={40} stroke={1.5} aria-hidden />
          <Text fz="xl" fw={600}>
            {children}
          </Text>
        </div>
      </div>
    </Portal>
  )
}

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
