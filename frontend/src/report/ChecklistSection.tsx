import { Badge, Title } from '@mantine/core'
import type { ChecklistItem } from '../api/types'
import classes from './report.module.css'

const STATUS = {
  filled: { words: 'from the study', colour: 'petrol' },
  partly: { words: 'add to it', colour: 'orange' },
  authors: { words: 'for the authors', colour: 'gray' },
} as const

/** The GRRAS checklist for the paper, filled in as far as the study knows. */
export function ChecklistSection({ items }: { items: ChecklistItem[] }) {
  const open = items.filter(({ status }) => status !== 'filled').length
  return (
    <section aria-labelledby="grras">
      <Title order={3} id="grras">
        Reporting checklist (GRRAS)
      </Title>
      <p className={classes.note}>
        Guidelines for Reporting Reliability and Agreement Studies, Kottner et al. 2011. Filled in
        from the locked study as far as it knows; {open} of {items.length} items need the authors.
      </p>
      <details className={classes.checklist}>
        <summary>Show the {items.length} items</summary>
        <table className={classes.table} aria-label="GRRAS checklist">
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col">Asks for</th>
              <th scope="col">This study</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ item, section, asks, says, status }) => (
              <tr key={item} className={classes.groupStart}>
                <th scope="row">
                  {item}. {section}
                </th>
                <td>{asks}</td>
                <td>
                  <Badge size="sm" tt="none" variant="light" color={STATUS[status].colour}>
                    {STATUS[status].words}
                  </Badge>{' '}
                  {status === 'authors' ? null : says}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}
