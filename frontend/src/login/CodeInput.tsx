import { TextInput } from '@mantine/core'

interface CodeInputProps {
  value: string
  onChange: (code: string) => void
  takesFocus?: boolean
  description?: string
}

const ANY_CODE = 'Six digits from the app on your phone, or one of your recovery codes.'

/** For a code of an app, or a recovery code. */
export function CodeInput({ value, onChange, takesFocus, description }: CodeInputProps) {
  return (
    <TextInput
      label="Code"
      description={description ?? ANY_CODE}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      maxLength={40}
      required
      withAsterisk={false}
      ref={(input) => {
        if (takesFocus && value === '') input?.focus()
      }}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value)
      }}
    />
  )
}
