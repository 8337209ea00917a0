import { IconTool, type IconToolProps } from '../keyboard/IconTool'
import { keyOf, type Command } from './shortcuts'

type ToolProps = Omit<IconToolProps, 'shownKey'> & { command?: Command }

/** A tool of the reading room. */
export function Tool({ command, ...rest }: ToolProps) {
  return <IconTool size="sm" shownKey={command ? keyOf(command) : ''} {...rest} />
}
