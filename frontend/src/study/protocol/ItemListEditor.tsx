import { ActionIcon, Button, Checkbox, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useId } from 'react'
import { focusSoon } from './focus'
import { withItem, withItemMoved, withoutItem } from './formChanges'
import classes from './ItemListEditor.module.css'
import { fieldId } from './problems'
import type { ItemForm, ItemList } from './protocolForm'
import type { Editor } from './useProtocolEditor'

const NAME_IN_DOCUMENT: Record<ItemList, string> = {
  territories: 'territories',
  questions: 'questions',
  unscorableReasons: 'unscorable_reasons',
}

interface ItemListEditorProps {
  editor: Editor
  list: ItemList
  title: string
  addLabel: string
  placeholder: string
  empty: string
}

export function ItemListEditor(props: ItemListEditorProps) {
  const { editor, list, title, addLabel, empty } = props
  const id = useId()
  const items = editor.form[list]
  const add = () => {
    editor.change((form) => withItem(form, list))
    focusSoon(fieldId(NAME_IN_DOCUMENT[list], items.length, 'label'))
  }
  return (
    <Stack gap={6} role="group" aria-labelledby={id}>
      <Group justify="space-between">
        <Text fw={500} id={id}>
          {title}
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={add}
        >
          {addLabel}
        </Button>
      </Group>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      )}
      <div className={classes.items} data-many={items.length > 5 || undefined}>
        {items.map((item, place) => (
          <ItemRow key={item.key} {...props} item={item} place={place} onEnter={add} />
        ))}
      </div>
    </Stack>
  )
}

interface ItemRowProps extends ItemListEditorProps {
  item: ItemForm
  place: number
  onEnter: () => void
}

function ItemRow({ editor, list, item, place, placeholder, onEnter }: ItemRowProps) {
  const name = NAME_IN_DOCUMENT[list]
  const change = (changed: Partial<ItemForm>) => {
    editor.change((form) => ({
      ...form,
      [list]: form[list].map((other, at) => (at === place ? { ...other, ...changed } : other)),
    }))
  }
  const called = item.label.trim() || `number ${place + 1}`
  return (
    <div className={classes.item}>
      <TextInput
        size="sm"
        flex={1}
        id={fieldId(name, place, 'label')}
        aria-label={`Name of ${called}`}
        placeholder={placeholder}
        value={item.label}
        error={editor.messageAt(name, place, 'label') ?? editor.messageAt(name, place, 'code')}
        onChange={(event) => {
          change({ label: event.currentTarget.value })
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onEnter()
        }}
      />
      {list !== 'unscorableReasons' && (
        <Checkbox
          size="xs"
          label="required"
          aria-label={`${called} is required`}
          checked={item.required}
          onChange={(event) => {
            change({ required: event.currentTarget.checked })
          }}
        />
      )}
      <ItemTools editor={editor} list={list} item={item} place={place} called={called} />
    </div>
  )
}

interface ItemToolsProps {
  editor: Editor
  list: ItemList
  item: ItemForm
  place: number
  called: string
}

function ItemTools({ editor, list, item, place, called }: ItemToolsProps) {
  const isAnswered = editor.amending && item.code !== null
  return (
    <div className={classes.tools}>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.tool}
        size="sm"
        aria-label={`Move ${called} up`}
        disabled={place === 0}
        onClick={() => {
          editor.change((form) => withItemMoved(form, list, place, -1))
        }}
      >
        <IconArrowUp size={15} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.tool}
        size="sm"
        aria-label={`Move ${called} down`}
        disabled={place === editor.form[list].length - 1}
        onClick={() => {
          editor.change((form) => withItemMoved(form, list, place, 1))
        }}
      >
        <IconArrowDown size={15} aria-hidden />
      </ActionIcon>
      <Tooltip
        label={isAnswered ? 'Cannot be removed: raters answer it already' : `Remove ${called}`}
      >
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes.tool}
          size="sm"
          aria-label={`Remove ${called}`}
          disabled={isAnswered}
          onClick={() => {
            editor.remove(item.label.trim() === '' ? called : `“${called}”`, (form) =>
              withoutItem(form, list, place),
            )
          }}
        >
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
