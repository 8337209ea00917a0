// Image series of one example case: CTs and angiography runs.
import type { CaseFindings, CaseImages, ImageSeries, WaitingSeries } from '../src/api/types'

export function ct(changes: Partial<ImageSeries> = {}): ImageSeries {
  return {
    id: 1,
    kind: 'NCCT',
    position: 1,
    used: true,
    instance_count: 160,
    description: '160 slices of 1.0 mm',
    geometry: {
      size: [512, 512, 160],
      spacing_mm: [0.45, 0.45, 1],
      tilt_deg: 18.5,
      orientation: 'axial',
    },
    verdict: 'corrected',
    gates: [
      { name: 'slices', verdict: 'pass', sentence: '160 slices' },
      {
        name: 'gantry tilt',
        verdict: 'corrected',
        sentence: 'Gantry tilt of 18.5° corrected by resampling',
      },
    ],
    acquired_at: '2001-03-01T09:00:00Z',
    biplane_partner: null,
    overruled_reason: '',
    review: 'not-needed',
    reviewed_by: null,
    reviewed_at: null,
    review_note: '',
    text_boxes: [],
    blackouts: [],
    phase: '',
    proposed_phase: '',
    build: null,
    preview_count: 40,
    picture_frames: Array.from({ length: 40 }, (_, picture) => picture * 4),
    may_become: ['DSA', 'other'],
    ...changes,
  }
}

export function run(changes: Partial<ImageSeries> = {}): ImageSeries {
  return {
    ...ct(),
    id: 2,
    kind: 'DSA',
    used: false,
    instance_count: 1,
    description: '4 frames, LAO 30',
    geometry: { size: [512, 512, 4], spacing_mm: null, tilt_deg: null, orientation: 'LAO 30' },
    verdict: 'flagged',
    gates: [
      { name: 'frames', verdict: 'pass', sentence: '4 frames' },
      { name: 'C-arm angles', verdict: 'flagged', sentence: 'C-arm angles are not recorded' },
    ],
    acquired_at: '2001-03-01T10:00:00Z',
    review: 'waiting',
    preview_count: 4,
    picture_frames: [0, 1, 2, 3],
    may_become: ['NCCT', 'other'],
    ...changes,
  }
}

export function waitingRun(changes: Partial<WaitingSeries> = {}): WaitingSeries {
  return { ...run(), case_id: 'c1', case_code: 'C001', ...changes }
}

export const caseImages: CaseImages = {
  id: 'c1',
  code: 'C001',
  site: 'A',
  occlusion_side: 'left',
  occlusion_segment: 'M1',
  fixed_because: '',
  series: [ct(), run()],
}

export const findings: CaseFindings = {
  is_segmented: true,
  problem: '',
  measures: {
    volume_ml: 9.1,
    length_mm: 2718.3,
    mean_radius_mm: 1.03,
    parts: 7,
    largest_part_share: 0.77,
    arteries: [
      { name: 'L-M1', volume_ml: 0.12, length_mm: 16.4, mean_radius_mm: 1.5, parts: 1 },
      { name: 'R-M1', volume_ml: 0, length_mm: 0, mean_radius_mm: null, parts: 0 },
    ],
    sides: {
      told_by: 'mid-plane',
      left: { volume_ml: 3.1, length_mm: 824, mean_radius_mm: 1.1 },
      right: { volume_ml: 4.9, length_mm: 1415.9, mean_radius_mm: 1 },
    },
    hints: ['The tree is in 7 parts; the largest holds 77 % of the volume'],
  },
}
