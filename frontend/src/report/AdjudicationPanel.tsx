import { Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload, IconGavel, IconSignature } from '@tabler/icons-react'
import { useState } from 'react'
import { consensusAddress } from '../api/client'
import { useAdjudication, useSignatures } from '../api/queries'
import type { Adjudication, Consensus, Study } from '../api/types'
import { countOf, formatUtc } from '../format'
import { SignExportDialog } from '../signatures/SignExportDialog'
import { mayRun } from '../study/rights'
import { isSigned } from '../study/wording'
import { BeginAdjudicationDialog } from './BeginAdjudicationDialog'
import { ConcludeDialog } from './ConcludeDialog'
import classes from './report.module.css'

const RULE: Record<Adjudication['rule'], string> = {
  none: '',
  'any-difference': 'the raters’ grades differ',
  'across-cut-point': 'grades lie on different sides of the cut-point',
  'two-levels-apart': 'grades lie two levels or more apart',
}

/** The way from a locked study to its consensus; nothing where the protocol asks for none. */
export function AdjudicationPanel({ study }: { study: Study }) {
  const adjudication = useAdjudication(study.id)
  if (!adjudication.data || adjudication.data.rule === 'none') return null
  return (
    <Paper
      component="section"
      withBorder
      p="lg"
      className={classes.actions}
      aria-labelledby="adjudication"
    >
      <Stack gap="sm">
        <Title order={2} id="adjudication" fz="h3">
          Adjudication
        </Title>
        <Standing study={study} adjudication={adjudication.data} mayAct={mayRun(study)} />
      </Stack>
    </Paper>
  )
}

interface StandingProps {
  study: Study
  adjudication: Adjudication
  mayAct: boolean
}

function Standing(props: StandingProps) {
  const { consensus, state } = props.adjudication
  if (consensus) return <Concluded study={props.study} consensus={consensus} />
  return state === 'adjudicating' ? <UnderWay {...props} /> : <NotBegun {...props} />
}

function NotBegun({ study, adjudication, mayAct }: StandingProps) {
  const [opened, setOpened] = useState(false)
  const { cases, to_adjudicate, rule, blockers } = adjudication
  return (
    <Group justify="space-between" wrap="nowrap" gap="xl">
      <Stack gap={4}>
        <Text>
          In {to_adjudicate === 0 ? 'none' : to_adjudicate} of {countOf(cases, 'case')} {RULE[rule]},
          or only some raters could score the case.
          {to_adjudicate > 0 && ' A third reader can decide, without seeing who said what.'}
        </Text>
        {blockers.begin.map((text) => (
          <Text key={text} size="sm" c="dimmed">
            {text}
          </Text>
        ))}
      </Stack>
      {mayAct && to_adjudicate > 0 && (
        <Button
          flex="none"
          leftSection={<IconGavel size={16} aria-hidden />}
          disabled={blockers.begin.length > 0}
          onClick={() => {
            setOpened(true)
          }}
        >
          Begin adjudication
        </Button>
      )}
      <BeginAdjudicationDialog
        study={study}
        adjudication={adjudication}
        opened={opened}
        onClose={() => {
          setOpened(false)
        }}
      />
    </Group>
  )
}

function UnderWay({ study, adjudication, mayAct }: StandingProps) {
  const [opened, setOpened] = useState(false)
  const { adjudicator, submitted, total, blockers } = adjudication
  return (
    <Group justify="space-between" wrap="nowrap" gap="xl">
      <Stack gap={6} flex={1}>
        <Text>
          {nameOf(adjudicator)} has decided {submitted} of{' '}
          {countOf(total, 'case')}.
        </Text>
        {submitted === total &&
          blockers.conclude.map((text) => (
            <Text key={text} size="sm" c="dimmed">
              {text}
            </Text>
          ))}
        <Progress value={(submitted / Math.max(total, 1)) * 100} aria-label="Cases adjudicated" />
      </Stack>
      {mayAct && (
        <Button
          flex="none"
          disabled={blockers.conclude.length > 0}
          onClick={() => {
            setOpened(true)
          }}
        >
          Conclude the study
        </Button>
      )}
      <ConcludeDialog
        study={study}
        opened={opened}
        onClose={() => {
          setOpened(false)
        }}
      />
    </Group>
  )
}

function nameOf(adjudicator: Adjudication['adjudicator']): string {
  if (adjudicator === null) return 'Nobody'
  return adjudicator.full_name === '' ? adjudicator.username : adjudicator.full_name
}

function Concluded({ study, consensus }: { study: Study; consensus: Consensus }) {
  const { agreed, adjudicated, not_adjudicated, high, low, unscorable, undecided } = consensus
  return (
    <Group justify="space-between" wrap="nowrap" gap="xl">
      <Stack gap={4}>
        <Text>
          Consensus of {formatUtc(consensus.concluded_at)}: the raters agreed on{' '}
          {countOf(agreed, 'case')}, {adjudicated} {adjudicated === 1 ? 'was' : 'were'} adjudicated
          {not_adjudicated > 0 && `, and on ${not_adjudicated} they differ within the rule`}.
        </Text>
        <Text>
          High quality {high}, below {low}, unscorable {unscorable}
          {undecided > 0 && `, left undecided ${undecided}`}.
        </Text>
        <Text size="sm" c="dimmed">
          The report below is that of the raters alone: the consensus changes none of its numbers.
        </Text>
      </Stack>
      <ConsensusFiles study={study} />
    </Group>
  )
}

function ConsensusFiles({ study }: { study: Study }) {
  const [opened, { open, close }] = useDisclosure(false)
  const signatures = useSignatures(study.id, isSigned(study))
  const toSign = signatures.data?.to_sign.find(({ of }) => of === 'consensus')
  if (signatures.data && toSign) {
    return (
      <>
        <Button
          flex="none"
          variant="default"
          leftSection={<IconSignature size={16} aria-hidden />}
          onClick={open}
        >
          Sign and download
        </Button>
        <SignExportDialog
          studyId={study.id}
          printedName={signatures.data.printed_name}
          toSign={toSign}
          opened={opened}
          onClose={close}
        />
      </>
    )
  }
  return (
    <Group gap="xs" wrap="nowrap" flex="none">
      {(['csv', 'json'] as const).map((kind) => (
        <Button
          key={kind}
          component="a"
          href={consensusAddress(study.id, kind)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          aria-label={`Download the consensus as ${kind.toUpperCase()}`}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
    </Group>
  )
}
