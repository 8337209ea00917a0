import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './report.module.css'

interface CaptionProps {
  label: string
  children: ReactNode
}

/** "Table 1. What it shows", above what it names. */
export function Caption({ label, children }: CaptionProps) {
  return (
    <Text component="figcaption" className={classes.caption}>
      <Text span inherit fw={600}>
        {label}.
      </Text>{' '}
      {children}
    </Text>
  )
}
