import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './room.module.css'

interface RoomHeaderProps {
  title: string
  /** Said after the title, in a quieter voice. */
  detail: string
  dataNotice: string
  /** Share of the images that has arrived, 0–1. */
  loaded: number
  /** What stands at the right: a state, and tools. */
  children: ReactNode
}

/** The line over the images of a case. */
export function RoomHeader({ title, detail, dataNotice, loaded, children }: RoomHeaderProps) {
  return (
    <header className={classes.header}>
      <h1>
        {title} <span>{detail}</span>
      </h1>
      {dataNotice && (
        <Badge variant="outline" color="yellow" size="sm" radius="sm" className={classes.notice}>
          {dataNotice}
        </Badge>
      )}
      <span className={classes.spacer} />
      {loaded < 1 && (
        <progress className={classes.progress} value={loaded} aria-label="Images loaded" />
      )}
      {children}
    </header>
  )
}
