import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Fragment } from 'react'
import { Section } from '../overview/Section'
import classes from './ScaleSection.module.css'
import { LevelRow } from './LevelRow'
import { focusSoon } from './focus'
import { withLevel } from './formChanges'
import { MOST_LEVELS } from './protocolForm'
import { fieldId } from './problems'
import type { Editor } from './useProtocolEditor'

export function ScaleSection({ editor }: { editor: Editor }) {
  const { form, change, messageAt } = editor
  const fixed = editor.isFixed('level_values')
  const bestFirst = form.levels.map((level, place) => ({ level, place })).reverse()
  return (
    <Section title="Scale">
      <TextInput
        label="What raters judge"
        description="The title of the protocol; raters see it beside the grades."
        id={fieldId('title')}
        value={form.title}
        error={messageAt('title')}
        onChange={(event) => {
          change({ title: event.currentTarget.value })
        }}
      />
      <Stack gap={6}>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            Best level first. Each anchor says what a rater must see to give the grade.
          </Text>
          <Group gap="xs">
            <Text size="sm">Lowest level is</Text>
            <SegmentedControl
              size="xs"
              aria-label="Number of the lowest level"
              data={['0', '1']}
              value={String(form.lowest)}
              disabled={fixed}
              onChange={(lowest) => {
                change({ lowest: Number(lowest) })
              }}
            />
          </Group>
        </Group>
        <AddLevel editor={editor} end="best" />
        <div className={classes.scale} role="group" aria-label="Levels">
          {bestFirst.map(({ level, place }) => (
            <Fragment key={level.key}>
              <LevelRow editor={editor} level={level} place={place} />
              {place > 0 && <CutPoint editor={editor} lowLevels={place} />}
            </Fragment>
          ))}
        </div>
        <AddLevel editor={editor} end="worst" />
        {messageAt('levels') && (
          <Text size="sm" c="red.8" role="alert">
            {messageAt('levels')}
          </Text>
        )}
        {fixed && (
          <Text size="sm" c="dimmed">
            Fixed: the number and the order of the levels, because grades were given on them. Names,
            anchors, images and the cut-point may still be amended.
          </Text>
        )}
      </Stack>
    </Section>
  )
}

function AddLevel({ editor, end }: { editor: Editor; end: 'best' | 'worst' }) {
  if (editor.isFixed('level_values') || editor.form.levels.length >= MOST_LEVELS) return null
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<IconPlus size={14} aria-hidden />}
      className={classes.add}
      onClick={() => {
        editor.change((form) => withLevel(form, end))
        focusSoon(fieldId('levels', end === 'best' ? editor.form.levels.length : 0, 'name'))
      }}
    >
      {end === 'best' ? 'Add a better level' : 'Add a worse level'}
    </Button>
  )
}

/** The gap below a level: choosing it puts the cut-point there. */
function CutPoint({ editor, lowLevels }: { editor: Editor; lowLevels: number }) {
  const { form, change } = editor
  const value = form.lowest + lowLevels
  const name = form.levels[lowLevels]?.name.trim() ?? ''
  const chosen = form.lowLevels === lowLevels
  return (
    <label className={classes.cut} data-chosen={chosen || undefined}>
      <input
        type="radio"
        name="cut-point"
        checked={chosen}
        onChange={() => {
          change({ lowLevels })
        }}
      />
      <span>
        {chosen
          ? `↑ ${name === '' ? `Level ${value}` : name} and better count as high quality`
          : 'Put the cut-point here'}
      </span>
    </label>
  )
}
