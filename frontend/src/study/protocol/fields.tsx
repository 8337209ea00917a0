/** The inputs of the editor: each knows where its message stands and when it is fixed. */
import { NumberInput, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import type { NumberInputValue } from './protocolForm'
import classes from './fields.module.css'
import { fieldId, type Path } from './problems'
import type { Editor } from './useProtocolEditor'
import { choicesOf } from './words'

export const FIXED_BY_LISTS = 'Fixed: the raters’ lists were drawn from it.'

interface FieldProps {
  editor: Editor
  path: Path
  label: string
  description?: ReactNode
}

interface NumberFieldProps extends FieldProps {
  value: NumberInputValue
  onChange: (value: NumberInputValue) => void
  min: number
  max: number
  suffix?: string
  placeholder?: string
  /** Between thousands; none where the number is a name rather than a quantity. */
  thousandSeparator?: string
}

export function NumberField({ editor, path, description, ...props }: NumberFieldProps) {
  const fixed = editor.isFixed(String(path[0]))
  return (
    <NumberInput
      {...props}
      id={fieldId(...path)}
      description={fixed && path.length === 1 ? FIXED_BY_LISTS : description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={editor.messageAt(...path)}
      disabled={fixed}
      classNames={{ input: classes.fixed }}
      clampBehavior="none"
    />
  )
}

interface ChoiceFieldProps<Value extends string> extends FieldProps {
  words: Record<Value, string>
  value: Value
  onChange: (value: Value) => void
}

export function ChoiceField<Value extends string>({
  editor,
  path,
  words,
  onChange,
  description,
  ...props
}: ChoiceFieldProps<Value>) {
  const fixed = editor.isFixed(String(path[0]))
  const choices = choicesOf(words)
  return (
    <Select
      {...props}
      id={fieldId(...path)}
      description={fixed ? FIXED_BY_LISTS : description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={choices}
      allowDeselect={false}
      error={editor.messageAt(...path)}
      disabled={fixed}
      classNames={{ input: classes.fixed }}
      onChange={(chosen) => {
        const choice = choices.find(({ value }) => value === chosen)
        if (choice) onChange(choice.value)
      }}
    />
  )
}
