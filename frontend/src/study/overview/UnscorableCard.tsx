import { Anchor, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Progress } from '../../api/types'
import { countOf } from '../../format'
import { Section } from './Section'
import classes from './UnscorableCard.module.css'

const SHOWN_AT_FIRST = 6

/** Cases that somebody could not score: a hint at images to look after, not at who said so. */
export function UnscorableCard({ cases }: { cases: Progress['unscorable'] }) {
  const [all, setAll] = useState(false)
  const shown = all ? cases : cases.slice(0, SHOWN_AT_FIRST)
  return (
    <Section
      title="Could not be scored"
      aside={
        cases.length > 0 && (
          <Text size="sm" c="dimmed">
            {countOf(cases.length, 'case')}, by at least one rater
          </Text>
        )
      }
    >
      {cases.length === 0 ? (
        <Text c="dimmed">No rater has called a case unscorable.</Text>
      ) : (
        <ul className={classes.cases}>
          {shown.map(({ case_id, case_code, reasons }) => (
            <li key={case_id}>
              <Anchor component={Link} to={`cases?case=${case_id}`} inherit fw={500}>
                {case_code}
              </Anchor>
              <span>{reasons.join('; ')}</span>
            </li>
          ))}
        </ul>
      )}
      {cases.length > shown.length && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="left"
          onClick={() => {
            setAll(true)
          }}
        >
          Show all {cases.length}
        </Anchor>
      )}
    </Section>
  )
}
