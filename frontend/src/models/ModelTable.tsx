import { Button, Text } from '@mantine/core'
import type { Models } from '../api/types'
import { countOf, formatDate } from '../format'
import { Hash } from '../study/overview/Hash'
import classes from './models.module.css'

interface ModelTableProps {
  models: Models['models']
  /** SHA-256 of the model whose card is open. */
  shown: string
  onShow: (sha256: string) => void
}

export function ModelTable({ models, shown, onShow }: ModelTableProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label="Models on this server">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">SHA-256</th>
            <th scope="col">Since</th>
            <th scope="col">Evaluated on</th>
            <th scope="col">Used by</th>
            <th scope="col">Card</th>
          </tr>
        </thead>
        <tbody>
          {models.map(({ card, studies }) => (
            <tr key={card.sha256} className={classes.groupStart}>
              <th scope="row">
                <Text fw={500}>{card.name}</Text>
                <Text size="sm" c="#7a3300">
                  {card.notice}
                </Text>
              </th>
              <td>
                <Hash sha256={card.sha256} of={card.name} />
              </td>
              <td>{formatDate(card.registered_at)}</td>
              <td>{evaluatedOn(card)}</td>
              <td>{studies.length > 0 ? studies.join(', ') : 'no study'}</td>
              <td>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-expanded={shown === card.sha256}
                  aria-label={`Card of ${card.name}`}
                  onClick={() => {
                    onShow(shown === card.sha256 ? '' : card.sha256)
                  }}
                >
                  {shown === card.sha256 ? 'Close' : 'Show'}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The sets on which the model was evaluated; their figures are in its card. */
function evaluatedOn({ evaluation }: Models['models'][number]['card']): string {
  if (!evaluation) return 'not evaluated'
  return countOf(
    evaluation.sets.reduce((cases, { n }) => cases + n, 0),
    'case',
  )
}
