import { Button, Group, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { TrailPage } from '../../api/types'
import { isFiltered, type TrailFilter } from './trailFilter'

interface TrailFiltersProps {
  filter: TrailFilter
  actions: string[]
  people: TrailPage['people']
  onChange: (changed: Partial<TrailFilter>) => void
  onClear: () => void
}

export function TrailFilters({ filter, actions, people, onChange, onClear }: TrailFiltersProps) {
  return (
    <Group gap="sm" align="end" role="search" aria-label="Events">
      <TextInput
        label="Words"
        type="search"
        flex="1 1 180px"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={filter.words}
        onChange={(event) => {
          onChange({ words: event.currentTarget.value })
        }}
      />
      <Select
        label="Person"
        placeholder="Anybody"
        w={180}
        searchable
        clearable
        data={people.map(({ username, name }) => ({ value: username, label: name }))}
        value={filter.person || null}
        onChange={(person) => {
          onChange({ person: person ?? '' })
        }}
      />
      <Select
        label="Kind of event"
        placeholder="Any"
        w={220}
        searchable
        clearable
        data={actions.map((action) => ({ value: action, label: capitalised(action) }))}
        value={filter.action || null}
        onChange={(action) => {
          onChange({ action: action ?? '' })
        }}
      />
      <TextInput
        label="Case"
        placeholder="Any"
        w={100}
        value={filter.case}
        onChange={(event) => {
          onChange({ case: event.currentTarget.value })
        }}
      />
      <TextInput
        label="From"
        type="date"
        w={150}
        max={filter.to || undefined}
        value={filter.from}
        onChange={(event) => {
          onChange({ from: event.currentTarget.value })
        }}
      />
      <TextInput
        label="To"
        type="date"
        w={150}
        min={filter.from || undefined}
        value={filter.to}
        onChange={(event) => {
          onChange({ to: event.currentTarget.value })
        }}
      />
      <Button variant="subtle" px="xs" disabled={!isFiltered(filter)} onClick={onClear}>
        Clear
      </Button>
    </Group>
  )
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
