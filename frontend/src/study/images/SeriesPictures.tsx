import { Modal, Slider, Text } from '@mantine/core'
import { useState } from 'react'
import { pictureAddress } from '../../api/client'
import type { ImageSeries } from '../../api/types'
import classes from './images.module.css'
import { seriesName } from './seriesWords'

interface SeriesPicturesProps {
  studyId: string
  caseId: string
  series: ImageSeries
  onClose: () => void
}

/** The pictures of one series, large; the arrow keys go through them. */
export function SeriesPictures({ studyId, caseId, series, onClose }: SeriesPicturesProps) {
  const count = series.preview_count
  const [picture, setPicture] = useState(Math.floor(count / 2))
  const [failed, setFailed] = useState<number | null>(null)
  const name = seriesName(series)
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${name}: picture ${picture + 1} of ${count}`}
      size={760}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.large}>
        {failed === picture ? (
          <Text role="alert">This picture could not be loaded. Check the network.</Text>
        ) : (
          <img
            src={pictureAddress(studyId, caseId, series.id, picture)}
            alt={`${name}, ${picture + 1} of ${count}`}
            onError={() => {
              setFailed(picture)
            }}
          />
        )}
      </div>
      {count > 1 && (
        <Slider
          data-autofocus
          mt="md"
          thumbLabel={`Picture of ${name}`}
          label={null}
          min={0}
          max={count - 1}
          value={picture}
          onChange={setPicture}
        />
      )}
    </Modal>
  )
}
