import { Stack, Switch, Text } from '@mantine/core'
import { Section } from '../overview/Section'
import { ItemListEditor } from './ItemListEditor'
import type { Editor } from './useProtocolEditor'

export function ItemsSection({ editor }: { editor: Editor }) {
  return (
    <Section title="What raters answer beside the grade">
      <Text size="sm" c="dimmed">
        Every case gets one grade for the whole tree, or a reason why it cannot be scored.
      </Text>
      <Stack gap="lg">
        <ItemListEditor
          editor={editor}
          list="unscorableReasons"
          title="Reasons why a case cannot be scored"
          addLabel="Add a reason"
          placeholder="Motion"
          empty="Without a reason, raters have to grade every case."
        />
        <ItemListEditor
          editor={editor}
          list="territories"
          title="Territories, graded on the same scale or “not opacified”"
          addLabel="Add a territory"
          placeholder="M1 right"
          empty="None: raters grade the whole tree only."
        />
        <ItemListEditor
          editor={editor}
          list="questions"
          title="Questions, answered with yes or no"
          addLabel="Add a question"
          placeholder="Clinically usable?"
          empty="None."
        />
        <Switch
          label="Every DSA run must have been opened before a case can be submitted"
          checked={editor.form.requireAllRunsOpened}
          onChange={(event) => {
            editor.change({ requireAllRunsOpened: event.currentTarget.checked })
          }}
        />
      </Stack>
    </Section>
  )
}
