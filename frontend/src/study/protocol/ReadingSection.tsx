import { Group, Stack, Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Section } from '../overview/Section'
import fields from './fields.module.css'
import { ChoiceField, FIXED_BY_LISTS, NumberField } from './fields'
import type { Editor } from './useProtocolEditor'
import { ADJUDICATION_CHOICE, ORDER_CHOICE, SIGNATURES_CHOICE, TREE_OVER_DSA_CHOICE } from './words'

export function ReadingSection({ editor }: { editor: Editor }) {
  const { form, change } = editor
  return (
    <Section title="Reading">
      <Calibration editor={editor} />
      <HiddenRepeats editor={editor} />
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <ChoiceField
          editor={editor}
          path={['reading_order']}
          label="Order of the cases"
          words={ORDER_CHOICE}
          value={form.readingOrder}
          onChange={(readingOrder) => {
            change({ readingOrder })
          }}
        />
        <NumberField
          editor={editor}
          path={['cases_per_day']}
          label="Cases per day at most"
          description="Against fatigue. Empty: no limit."
          placeholder="no limit"
          min={1}
          max={1000}
          value={form.casesPerDay}
          onChange={(casesPerDay) => {
            change({ casesPerDay })
          }}
        />
      </Group>
      <ChoiceField
        editor={editor}
        path={['tree_over_dsa']}
        label="The predicted tree may be laid over the DSA"
        description="What lies there may anchor the judgement: raters then see what was predicted before they have seen the vessels. Each use is recorded."
        words={TREE_OVER_DSA_CHOICE}
        value={form.treeOverDsa}
        onChange={(treeOverDsa) => {
          change({ treeOverDsa })
        }}
      />
      <ChoiceField
        editor={editor}
        path={['adjudication']}
        label="A third reader decides"
        description="After the lock, blind to who said what. Never part of the primary agreement."
        words={ADJUDICATION_CHOICE}
        value={form.adjudication}
        onChange={(adjudication) => {
          change({ adjudication })
        }}
      />
      <ChoiceField
        editor={editor}
        path={['signatures']}
        label="Signatures"
        description="Raters sign their readings, coordinators the lock, and whoever makes a file signs for it."
        words={SIGNATURES_CHOICE}
        value={form.signatures}
        onChange={(signatures) => {
          change({ signatures })
        }}
      />
    </Section>
  )
}

function Calibration({ editor }: { editor: Editor }) {
  const { calibration } = editor.form
  const change = (changed: Partial<typeof calibration>) => {
    editor.change({ calibration: { ...calibration, ...changed } })
  }
  return (
    <Optional
      label="Calibration"
      description="Training cases with a known grade, passed before the study’s own cases."
      on={calibration.on}
      fixed={editor.isFixed('calibration')}
      onChange={(on) => {
        change({ on })
      }}
    >
      <NumberField
        editor={editor}
        path={['calibration', 'cases']}
        label="Cases"
        min={1}
        max={100}
        value={calibration.cases}
        onChange={(cases) => {
          change({ cases })
        }}
      />
      <NumberField
        editor={editor}
        path={['calibration', 'pass_mark']}
        label="Pass mark"
        description="of the cases agree"
        suffix=" %"
        min={1}
        max={100}
        value={calibration.passMark}
        onChange={(passMark) => {
          change({ passMark })
        }}
      />
      <NumberField
        editor={editor}
        path={['calibration', 'tolerance_levels']}
        label="Tolerance"
        description="levels off still agree"
        min={0}
        max={3}
        value={calibration.tolerance}
        onChange={(tolerance) => {
          change({ tolerance })
        }}
      />
    </Optional>
  )
}

function HiddenRepeats({ editor }: { editor: Editor }) {
  const { repeats } = editor.form
  const change = (changed: Partial<typeof repeats>) => {
    editor.change({ repeats: { ...repeats, ...changed } })
  }
  return (
    <Optional
      label="Hidden repeats"
      description="Cases shown again, unannounced: how well each rater agrees with themselves."
      on={repeats.on}
      fixed={editor.isFixed('repeats')}
      onChange={(on) => {
        change({ on })
      }}
    >
      <NumberField
        editor={editor}
        path={['repeats', 'share']}
        label="Share"
        description="of the cases"
        suffix=" %"
        min={1}
        max={100}
        value={repeats.share}
        onChange={(share) => {
          change({ share })
        }}
      />
      <NumberField
        editor={editor}
        path={['repeats', 'minimum']}
        label="At least"
        description="cases, if there are so many"
        min={1}
        max={1000}
        value={repeats.minimum}
        onChange={(minimum) => {
          change({ minimum })
        }}
      />
      <NumberField
        editor={editor}
        path={['repeats', 'washout_days']}
        label="Washout"
        description="between first and second"
        suffix=" days"
        min={0}
        max={730}
        value={repeats.washoutDays}
        onChange={(washoutDays) => {
          change({ washoutDays })
        }}
      />
    </Optional>
  )
}

interface OptionalProps {
  label: string
  description: string
  on: boolean
  fixed: boolean
  onChange: (on: boolean) => void
  children: ReactNode
}

function Optional({ label, description, on, fixed, onChange, children }: OptionalProps) {
  return (
    <Stack gap={8}>
      <Switch
        label={label}
        description={description}
        checked={on}
        disabled={fixed}
        classNames={{ label: fields.fixedLabel }}
        onChange={(event) => {
          onChange(event.currentTarget.checked)
        }}
      />
      {fixed && (
        <Text size="sm" c="dimmed" pl={48}>
          {FIXED_BY_LISTS}
        </Text>
      )}
      {on && (
        <Group align="flex-start" grow pl={48}>
          {children}
        </Group>
      )}
    </Stack>
  )
}
