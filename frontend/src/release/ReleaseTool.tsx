import { IconTool, type IconToolProps } from '../keyboard/IconTool'
import { keyOf, type Command } from './releaseKeys'

type ReleaseToolProps = Omit<IconToolProps, 'shownKey'> & { command: Command }

/** A tool beside the picture. */
export function ReleaseTool({ command, ...rest }: ReleaseToolProps) {
  return <IconTool size="md" shownKey={keyOf(command)} {...rest} />
}
