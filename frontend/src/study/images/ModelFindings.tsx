import { Anchor, Collapse, Group, Loader, Stack, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useCaseFindings } from '../../api/queries'
import type { CaseFindings, Study, TreeExtent, TreeMeasures } from '../../api/types'
import { countOf, formatLength, formatPercent, formatRadius, formatVolume } from '../../format'
import { Section } from '../overview/Section'
import { mayChangeCohort } from '../rights'
import classes from './images.module.css'

/** The segmented tree in figures, with what deserves a second look. Raters never see it. */
export function ModelFindings({ study, caseId }: { study: Study; caseId: string }) {
  const allowed = mayChangeCohort(study)
  const findings = useCaseFindings(study.id, caseId, allowed)
  if (!allowed) return null
  return (
    <Section
      title="What the model found"
      aside={<Text c="dimmed">Hints, not verdicts. Raters never see them.</Text>}
    >
      {findings.data && <Findings findings={findings.data} />}
      {findings.isPending && <Loader size="sm" type="dots" aria-label="Loading" />}
      {findings.isError && !findings.data && (
        <Group gap="xs" role="alert">
          <Text c="dimmed">{findings.error.message}</Text>
          <Anchor component="button" type="button" onClick={() => void findings.refetch()}>
            <IconRefresh size={14} aria-hidden /> Try again
          </Anchor>
        </Group>
      )}
    </Section>
  )
}

function Findings({ findings: { is_segmented, problem, measures } }: { findings: CaseFindings }) {
  if (measures) return <Measures measures={measures} />
  if (problem !== '') return <Text c="#8a4b00">{problem}</Text>
  return (
    <Text c="dimmed">
      {is_segmented
        ? 'This segmentation was made before trees were measured.'
        : 'Not segmented yet.'}
    </Text>
  )
}

function Measures({ measures }: { measures: TreeMeasures }) {
  const { sides, hints, arteries, parts, largest_part_share } = measures
  return (
    <Stack gap="sm">
      {hints.length > 0 ? (
        <ul className={classes.gates} aria-label="Worth a second look">
          {hints.map((hint) => (
            <li key={hint}>
              <Text component="span" c="#8a4b00" className={classes.gateSign}>
                <IconAlertTriangle size={15} aria-hidden />
              </Text>
              <span>{hint}.</span>
            </li>
          ))}
        </ul>
      ) : (
        <Text>Nothing stands out.</Text>
      )}
      <Group gap="xl" align="flex-start">
        <dl className={classes.figures}>
          <Figure name="Volume" value={formatVolume(measures.volume_ml)} />
          <Figure name="Length" value={formatLength(measures.length_mm)} />
          <Figure
            name="Parts"
            value={
              parts > 1
                ? `${parts}, the largest ${formatPercent(largest_part_share, 0)}`
                : String(parts)
            }
          />
        </dl>
        {sides && (
          <dl className={classes.figures}>
            <Figure name="Left" value={extentInWords(sides.left)} />
            <Figure name="Right" value={extentInWords(sides.right)} />
          </dl>
        )}
      </Group>
      {sides?.told_by === 'mid-plane' && (
        <Text size="sm" c="dimmed">
          The head was halved by the symmetry of its skull; 5 mm on both sides of the middle count
          for neither.
        </Text>
      )}
      {arteries.length > 1 && <Arteries arteries={arteries} />}
    </Stack>
  )
}

const extentInWords = ({ length_mm, volume_ml }: TreeExtent) =>
  `${formatLength(length_mm)}, ${formatVolume(volume_ml)}`

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Arteries({ arteries }: Pick<TreeMeasures, 'arteries'>) {
  const [shown, { toggle }] = useDisclosure(false)
  return (
    <div>
      <Anchor component="button" type="button" fz="sm" aria-expanded={shown} onClick={toggle}>
        {shown ? 'Hide the arteries' : `Show ${countOf(arteries.length, 'artery', 'arteries')}`}
      </Anchor>
      <Collapse expanded={shown}>
        <Table className={classes.arteries} verticalSpacing={2} withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Artery</Table.Th>
              <Table.Th scope="col">Volume</Table.Th>
              <Table.Th scope="col">Length</Table.Th>
              <Table.Th scope="col">Mean radius</Table.Th>
              <Table.Th scope="col">Parts</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {arteries.map(({ name, volume_ml, length_mm, mean_radius_mm, parts }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{formatVolume(volume_ml, 2)}</Table.Td>
                <Table.Td>{formatLength(length_mm)}</Table.Td>
                <Table.Td>{formatRadius(mean_radius_mm)}</Table.Td>
                <Table.Td>{parts}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Collapse>
    </div>
  )
}
