import type { TokenScope } from '../api/types'

export const SCOPE_NAME: Record<TokenScope, string> = {
  read: 'read',
  upload: 'upload',
  export: 'export',
}

export const SCOPE_MEANS: Record<TokenScope, string> = {
  read: 'Read: lists of studies and cases, progress, protocol',
  upload: 'Upload: send images and case lists',
  export: 'Export: reports and exports of locked studies',
}
