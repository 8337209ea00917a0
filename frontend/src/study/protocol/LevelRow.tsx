import { ActionIcon, Textarea, TextInput, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { ExampleImage } from './ExampleImage'
import { withLevelMoved, withoutLevel } from './formChanges'
import { fieldId } from './problems'
import { FEWEST_LEVELS, type LevelForm } from './protocolForm'
import classes from './ScaleSection.module.css'
import type { Editor } from './useProtocolEditor'

interface LevelRowProps {
  editor: Editor
  level: LevelForm
  /** From the lowest level, counted from 0. */
  place: number
}

export function LevelRow({ editor, level, place }: LevelRowProps) {
  const { form, messageAt } = editor
  const number = form.lowest + place
  const change = (changed: Partial<LevelForm>) => {
    editor.change((now) => ({
      ...now,
      levels: now.levels.map((other, at) => (at === place ? { ...other, ...changed } : other)),
    }))
  }
  return (
    <div className={classes.row} role="group" aria-label={`Level ${number}`}>
      <div className={classes.value}>{number}</div>
      <TextInput
        id={fieldId('levels', place, 'name')}
        aria-label={`Name of level ${number}`}
        placeholder="Name"
        value={level.name}
        error={messageAt('levels', place, 'name')}
        onChange={(event) => {
          change({ name: event.currentTarget.value })
        }}
      />
      <Textarea
        id={fieldId('levels', place, 'anchor')}
        aria-label={`Anchor of level ${number}`}
        placeholder="What a rater must see to give this grade"
        autosize
        minRows={1}
        maxRows={4}
        value={level.anchor}
        error={messageAt('levels', place, 'anchor')}
        onChange={(event) => {
          change({ anchor: event.currentTarget.value })
        }}
      />
      <ExampleImage
        editor={editor}
        of={`level ${number}`}
        sha256={level.exampleImage}
        problem={messageAt('levels', place, 'example_image')}
        onChange={(exampleImage) => {
          change({ exampleImage })
        }}
      />
      <LevelTools editor={editor} place={place} number={number} />
    </div>
  )
}

function LevelTools({ editor, place, number }: { editor: Editor; place: number; number: number }) {
  const count = editor.form.levels.length
  if (editor.isFixed('level_values')) return <div />
  return (
    <div className={classes.tools}>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.tool}
        aria-label={`Move level ${number} up`}
        disabled={place === count - 1}
        onClick={() => {
          editor.change((form) => withLevelMoved(form, place, 1))
        }}
      >
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.tool}
        aria-label={`Move level ${number} down`}
        disabled={place === 0}
        onClick={() => {
          editor.change((form) => withLevelMoved(form, place, -1))
        }}
      >
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
      <Tooltip
        label={count <= FEWEST_LEVELS ? 'A scale needs two levels' : `Remove level ${number}`}
      >
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes.tool}
          aria-label={`Remove level ${number}`}
          disabled={count <= FEWEST_LEVELS}
          onClick={() => {
            editor.remove(`level ${number}`, (form) => withoutLevel(form, place))
          }}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
