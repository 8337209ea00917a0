import { Alert, NumberInput, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { planSampleSize } from '../../api/client'
import type { SampleSize } from '../../api/types'
import { formatCoefficient, formatCount, formatPercent } from '../../format'
import { Section } from '../overview/Section'
import { LIMITS, type PlanForm, planOf, planProblem, USUAL_PLAN } from './samplePlan'
import classes from './SampleSizePanel.module.css'

const WAIT_MS = 300

/** How many cases the study needs. It stores nothing. */
export function SampleSizePanel({ confidence }: { confidence: number }) {
  const [form, setForm] = useState(USUAL_PLAN)
  const [settled] = useDebouncedValue(form, WAIT_MS)
  const plan = planOf(settled, confidence)
  const answer = useQuery({
    queryKey: ['sample size', plan],
    queryFn: () => (plan ? planSampleSize(plan) : Promise.reject(new Error('No plan'))),
    enabled: plan !== null,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
  const field = (name: keyof PlanForm) => ({
    value: form[name],
    min: LIMITS[name][0],
    max: LIMITS[name][1],
    error: planProblem(name, form[name]),
    clampBehavior: 'none' as const,
    size: 'sm' as const,
    onChange: (value: number | string) => {
      setForm({ ...form, [name]: value })
    },
  })
  return (
    <Section title="How many cases?">
      <SimpleGrid cols={2} spacing="sm" verticalSpacing="xs">
        <NumberInput {...field('highRate1')} label="High quality, rater 1" suffix=" %" />
        <NumberInput {...field('highRate2')} label="High quality, rater 2" suffix=" %" />
        <NumberInput {...field('kappa')} label="Expected κ" step={0.05} />
        <NumberInput {...field('width')} label="Width of its interval" step={0.05} />
        <NumberInput {...field('kappa0')} label="κ to test against" step={0.05} />
        <SimpleGrid cols={2} spacing="xs">
          <NumberInput {...field('power')} label="Power" suffix=" %" hideControls />
          <NumberInput {...field('alpha')} label="α" suffix=" %" hideControls />
        </SimpleGrid>
      </SimpleGrid>
      {answer.isError ? (
        <Alert color="red" role="alert">
          {answer.error.message}
        </Alert>
      ) : (
        <Needed
          needed={plan ? answer.data : undefined}
          form={settled}
          confidence={confidence}
          isOld={answer.isPlaceholderData || settled !== form}
        />
      )}
    </Section>
  )
}

interface NeededProps {
  needed: SampleSize | undefined
  form: PlanForm
  confidence: number
  isOld: boolean
}

function Needed({ needed, form, confidence, isOld }: NeededProps) {
  const shown = (count: number | undefined) => (count === undefined ? '–' : formatCount(count))
  return (
    <Stack gap="sm">
      <dl className={classes.numbers} aria-live="polite" data-old={isOld || undefined}>
        <dt>{shown(needed?.cases_for_width)}</dt>
        <dd>
          cases for a {formatPercent(confidence, 0)} interval of κ that is{' '}
          {formatCoefficient(Number(form.width))} wide
        </dd>
        <dt>{shown(needed?.cases_for_test)}</dt>
        <dd>
          cases to tell κ from {formatCoefficient(Number(form.kappa0))} (two-sided test)
        </dd>
      </dl>
      {needed?.warnings.map((warning) => (
        <Alert key={warning} color="yellow" p="xs">
          {warning}
        </Alert>
      ))}
      <Text size="xs" c="dimmed">
        For κ of high against not high quality by two raters, by large-sample formulas. Cases that
        cannot be scored come on top.
      </Text>
    </Stack>
  )
}
