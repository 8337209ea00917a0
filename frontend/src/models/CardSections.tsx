import { Alert, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ModelCard } from '../api/types'
import { countOf, formatCoefficient, formatDate } from '../format'
import { Hash } from '../study/overview/Hash'
import { Section } from '../study/overview/Section'
import { EvaluationTable } from './EvaluationTable'
import classes from './models.module.css'

/** All that is known of a model. */
export function CardSections({ card, aside }: { card: ModelCard; aside?: ReactNode }) {
  return (
    <Stack gap="md">
      <Section title={card.name} aside={aside}>
        <Text c="#7a3300" fw={600}>
          {card.notice}
        </Text>
        {card.origin?.remarks.map((remark) => (
          <Alert key={remark} color="orange" variant="light">
            {remark}
          </Alert>
        ))}
        <Facts>
          <dt>SHA-256</dt>
          <dd className={classes.hash}>
            <Hash sha256={card.sha256} of="the model" />
          </dd>
          <dt>Labels</dt>
          <dd>{card.labels.join(', ')}</dd>
          <dt>Known here since</dt>
          <dd>{formatDate(card.registered_at)}</dd>
        </Facts>
      </Section>
      <Section title="Evaluation">
        {card.evaluation ? (
          <EvaluationTable evaluation={card.evaluation} />
        ) : (
          <Text c="dimmed">Not evaluated: the model’s card holds no figures.</Text>
        )}
      </Section>
      <Group align="stretch" gap="md" grow preventGrowOverflow={false}>
        {card.origin && <OriginSection origin={card.origin} />}
        {card.training.length > 0 && <FactSection title="Training" facts={card.training} />}
        <FactSection title="How it predicts" facts={card.settings} />
      </Group>
    </Stack>
  )
}

function OriginSection({ origin }: { origin: NonNullable<ModelCard['origin']> }) {
  return (
    <Section title="Where it comes from">
      <Facts>
        <dt>Imported</dt>
        <dd>
          {origin.imported}, {origin.format}
        </dd>
        <dt>File</dt>
        <dd>
          {origin.source}
          {origin.source_sha256 && <Hash sha256={origin.source_sha256} of="the file" />}
        </dd>
        <dt>Trained on</dt>
        <dd>{origin.dataset}</dd>
        <dt>Trainer</dt>
        <dd>{origin.trainer}</dd>
        {origin.folds.map((fold) => (
          <FoldFacts key={fold.fold} fold={fold} />
        ))}
      </Facts>
    </Section>
  )
}

function FoldFacts({ fold }: { fold: NonNullable<ModelCard['origin']>['folds'][number] }) {
  const said = [
    fold.epochs !== null && countOf(fold.epochs, 'epoch'),
    fold.validation_dice !== null &&
      `nnU-Net’s own validation: DSC ${formatCoefficient(fold.validation_dice)}`,
    fold.validation_cases !== null && countOf(fold.validation_cases, 'case'),
  ]
  return (
    <>
      <dt>Fold {fold.fold}</dt>
      <dd>{said.filter(Boolean).join(', ') || 'nothing is said of it'}</dd>
    </>
  )
}

function FactSection({ title, facts }: { title: string; facts: ModelCard['settings'] }) {
  return (
    <Section title={title}>
      <Facts>
        {facts.map(({ name, value }) => (
          <FactPair key={name} name={name} value={value} />
        ))}
      </Facts>
    </Section>
  )
}

function FactPair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>
}
