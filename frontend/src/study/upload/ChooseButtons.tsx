import { Button, FileButton } from '@mantine/core'
import { IconFiles, IconFolder } from '@tabler/icons-react'
import { type ComponentProps, type ReactNode, useRef } from 'react'
import { type FoundFile, fromInput } from './chosenFiles'

// React's types leave this attribute out; it turns the picker into one for folders.
const folderPicker = { webkitdirectory: '' } as ComponentProps<'input'>

interface ChooseButtonsProps {
  onFound: (found: FoundFile[]) => void
  folderWords?: string
  filesWords?: string
}

/** The ways in for those who do not drag: browsers have one picker for folders, one for files. */
export function ChooseButtons({
  onFound,
  folderWords = 'Choose a folder',
  filesWords = 'Choose files',
}: ChooseButtonsProps) {
  return (
    <>
      <PickButton
        label="Folder to upload"
        icon={<IconFolder size={16} aria-hidden />}
        inputProps={folderPicker}
        onFound={onFound}
      >
        {folderWords}
      </PickButton>
      <PickButton
        label="Files to upload"
        icon={<IconFiles size={16} aria-hidden />}
        onFound={onFound}
      >
        {filesWords}
      </PickButton>
    </>
  )
}

interface PickButtonProps {
  /** What a screen reader calls the picker. */
  label: string
  icon: ReactNode
  inputProps?: ComponentProps<'input'>
  onFound: (found: FoundFile[]) => void
  children: ReactNode
}

function PickButton({ label, icon, inputProps, onFound, children }: PickButtonProps) {
  const reset = useRef<() => void>(null)
  return (
    <FileButton
      multiple
      resetRef={reset}
      inputProps={{ ...inputProps, 'aria-label': label }}
      onChange={(files) => {
        onFound(fromInput(files))
        // Else choosing the same once more would change nothing.
        reset.current?.()
      }}
    >
      {(props) => (
        <Button variant="default" leftSection={icon} {...props}>
          {children}
        </Button>
      )}
    </FileButton>
  )
}
