import { SimpleGrid } from '@mantine/core'
import { Section } from '../overview/Section'
import { ChoiceField, NumberField } from './fields'
import type { Editor } from './useProtocolEditor'
import { METHOD_CHOICE, UNIT_CHOICE, WEIGHTS_CHOICE } from './words'

export function AnalysisSection({ editor }: { editor: Editor }) {
  const { form, change } = editor
  return (
    <Section title="Analysis">
      <ChoiceField
        editor={editor}
        path={['weights']}
        label="Weights of the primary κ"
        description="The report prints all three and marks this one."
        words={WEIGHTS_CHOICE}
        value={form.weights}
        onChange={(weights) => {
          change({ weights })
        }}
      />
      <SimpleGrid cols={2}>
        <ChoiceField
          editor={editor}
          path={['ci_method']}
          label="Interval of κ"
          words={METHOD_CHOICE}
          value={form.ciMethod}
          onChange={(ciMethod) => {
            change({ ciMethod })
          }}
        />
        <ChoiceField
          editor={editor}
          path={['resampling_unit']}
          label="What is resampled"
          words={UNIT_CHOICE}
          value={form.resamplingUnit}
          onChange={(resamplingUnit) => {
            change({ resamplingUnit })
          }}
        />
      </SimpleGrid>
      <SimpleGrid cols={3}>
        <NumberField
          editor={editor}
          path={['resamples']}
          label="Resamples"
          description="100 000 keep two decimals the same for any seed."
          min={1000}
          max={10_000_000}
          thousandSeparator=" "
          value={form.resamples}
          onChange={(resamples) => {
            change({ resamples })
          }}
        />
        <NumberField
          editor={editor}
          path={['confidence']}
          label="Confidence"
          suffix=" %"
          min={51}
          max={99.9}
          value={form.confidence}
          onChange={(confidence) => {
            change({ confidence })
          }}
        />
        <NumberField
          editor={editor}
          path={['seed']}
          label="Seed"
          description="Draws the raters’ orders and the resamples."
          min={0}
          max={2 ** 32 - 1}
          value={form.seed}
          onChange={(seed) => {
            change({ seed })
          }}
        />
      </SimpleGrid>
    </Section>
  )
}
